-- SPDX-License-Identifier: LGPL-2.1-or-later
-- Copyright The JobTracker Authors
--
-- Popups are an account's, whatever it is called by now.

CREATE INDEX delivery_popup ON delivery (state, user, id, next) WHERE channel = 'desktop' AND (state = 'waiting' OR state = 'held');
