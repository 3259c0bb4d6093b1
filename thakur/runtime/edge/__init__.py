"""The edge: an *order* becomes a *placement*, its *replicas* behind the proxy, with nothing but files to remember by.

A placement is one coming up of a deployment on this host; a replica is one process of it, a *home* the directory in
which it writes. No module here knows a database, a queue or a web framework.
"""
