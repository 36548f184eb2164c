# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""The command ``python -m marea.prepare``."""

import sys

from . import main

sys.exit(main())
