"""The demo community "Fern & Kettle": what a new place looks like once people live in it."""
