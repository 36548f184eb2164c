# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""What a page holds, for test_report.py and test_estimate.py."""

import html.parser


class Outline(html.parser.HTMLParser):
    """Which elements stand in the page, how deep, and its addresses."""

    def __init__(self, text):
        super().__init__()
        self.open, self.folded, self.sources, self.words = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        if tag not in ("meta", "img"):
            self.open.append(tag)
        self.sources += [value for name, value in attributes if name in ("src", "href")]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        (self.folded if "details" in self.open else self.words).append(data)
