"""The one confined process in which files of strangers are opened, for every service.

confine.py     what a process gives up: memory, files, network, other processes
messages.py    what passes between a service and the process, over its input and output
child.py       the process's side: takes one job, reads the file through its parent, answers, ends
template.py    the process that imports everything once and forks the others (Linux)
forks.py       the service's side of it: asks for forks, hears of their ends
process.py     the service's side: starts processes, keeps some ready, judges their ends
conversation.py  asks one for a job, serves ranges of its file, hears the answer
budget.py      how long a job may take
"""
