# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""After a fork the threads of the parent are gone: marea says so instead of waiting for them."""

import os
import sys

from . import _core

os.register_at_fork(after_in_child=lambda: _core.after_fork("torch" in sys.modules))
