"""The commands of `chungtay`, a file per noun."""
