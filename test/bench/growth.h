// Does the time of an audit grow with the number of mailboxes, and no faster?
#pragma once

#include "bench/options.h"

namespace exaudit::bench {

// One line per size: a file is written, read in --rounds rounds, and removed before the next one is written.
// The largest of the usual sizes takes 5 GB in --folder.
void print_growth(const Options& options);

}  // namespace exaudit::bench
