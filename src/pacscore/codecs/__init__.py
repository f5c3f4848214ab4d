"""One transfer syntax in, samples out: the Codec protocol, the registry, the built-in codecs."""
