"""The embedded engine: learned features on a CPU, without a key, a network or a framework.

model/       the network as package data, and the tool that builds it
network.py   runs the network over pictures in batches
visual_vectors.py  vectors of what is seen
audio_vectors.py   vectors of what is heard
pipeline.py  one decode of a video for all of it, frame track included
visual_embedder.py, audio_embedder.py  pictures and sound in order, turned into vectors as they pass
parts.py     what comes out of it, piece by piece
source.py    descriptions of a video's bytes that can be sent to another process
worker.py    embeds in a process of its own
"""
