/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* The run's log: lines in the Kubernetes CRI format, TIME STREAM F|P CONTENT, appended by each attempt. F stands for content and a
 * newline, P for content alone, so that the bytes of the output can be had back exactly. Of what an attempt writes beyond the cap, the
 * first half of the cap and the last half are kept, with a line between that says how many bytes of output are gone: the tail
 * goes round in a file of its own until the attempt ends, so memory and disk stay bounded whatever is printed. */

typedef struct
{
  int      fd;
  int      tail_fd;        /* -1 until the head is full */
  int      folder_fd;
  char     tail_name[32];
  off_t    begin;          /* where this attempt begins */
  size_t   piece_bytes;    /* longer lines are kept in pieces of this size */
  uint64_t head_bytes;
  uint64_t tail_bytes;
  uint64_t written;        /* to the head, bytes of the file */
  uint64_t tail_written;   /* to the tail, going round, bytes of the file */
  uint64_t output;         /* bytes of output seen */
  uint64_t head_output;    /* of them on disk in the head */
  uint64_t waiting_output; /* of them in the buffer, for the head */
  uint64_t dropped;        /* known after log_close() */
  char    *buffer;         /* what waits to be written */
  size_t   buffered;
  bool     is_broken;      /* the disk refuses: the job goes on, output is counted as dropped */
} Log;

#define LOG_PIECE_MAX (16 * 1024)

/* Where the disk refuses, everything is counted as dropped and the job goes on. */
void log_open (Log *log, int folder_fd, unsigned attempt, uint64_t max_bytes);
/* One line or a piece of one, at most piece_bytes long. @is_whole: a newline followed (not in @content). */
void log_add (Log *log, const char *stream, const char *content, size_t length, bool is_whole);
/* Writes what waits. */
void log_flush (Log *log);
/* Puts head and tail together. @keep false: forgets this attempt's lines. Returns the size of the file. */
uint64_t log_close (Log *log, bool keep);
