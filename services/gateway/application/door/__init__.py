"""The REST door and the streams: who may enter, which commands go to routing, what agents see at once."""
