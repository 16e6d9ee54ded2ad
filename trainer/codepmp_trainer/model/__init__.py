"""The preference model: tokens, rows, decoder, folders of weights."""
