"""Proxies: copies of videos that every browser plays, made in the background.

playability.py   which videos browsers do not play, and why
proxy.py         a proxy and its stages: a pure state machine
proxies.py       asking for proxies, and reading how far they are
making.py        makes one: from the confined process into the store
delivery.py      a file that arrives in pieces, as a multipart upload
worker.py        takes proxies from the queue, and keeps their leases
"""
