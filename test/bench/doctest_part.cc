// test/peer, which starts the directory server here too, tells doctest what is missing.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
