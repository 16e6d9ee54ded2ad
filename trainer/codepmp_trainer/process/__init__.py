"""What every process of the trainer does alike: configuration, files, failures, ranks."""
