"""More than one machine: a Dask cluster trains runs and lanes of races in place of this one.

The scheduler and its workers are started by whoever runs the cluster (docs/cluster.md). All that
is handed to them is the path of a run's folder, which all machines see, or a lane's settings.
Dask is imported only where there is a cluster.
"""
