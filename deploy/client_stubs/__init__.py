"""What is the same in every client and follows from the contract: written by `make clients`.

Each language has a module here that writes its file: the stubs of all services, and how gRPC is to
repeat calls. Python's other client is made of the one for asyncio.
"""
