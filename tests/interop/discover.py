# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Discover and the link format."""

import re

from wire import CONTENT, CONTENT_FORMAT, LINK_FORMAT


def links(text):
    """{target: attributes} of an application/link-format text."""
    found = {}
    for target, attributes in re.findall(r"<([^>]*)>((?:;[^,]*(?:\"[^\"]*\")?[^,]*)*)", text):
        assert target not in found, f"{target} is listed twice"
        found[target] = attributes
    return found


def listed(peer, path, below=""):
    """What a Discover of `path` lists, of that only what is below `below`."""
    reply = peer.get(path, accept=LINK_FORMAT)
    assert reply.code == CONTENT, f"discover {path}: {reply}"
    assert reply.uint(CONTENT_FORMAT) == LINK_FORMAT
    return {target for target in links(reply.text) if target.startswith("/" + below)}
