"""From stored values to display values: modality, VOI, presentation. Knows no data set."""
