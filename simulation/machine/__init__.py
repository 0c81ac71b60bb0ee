"""What a run is played on: time, the network, the disk, processes, and every source of chance."""
