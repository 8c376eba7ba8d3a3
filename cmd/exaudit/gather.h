// All evidence that the user named, files and live servers, as one snapshot.
#pragma once

#include "base/result.h"
#include "facts/snapshot.h"
#include "invocation.h"

namespace exaudit::cmd {

// Files first, so that a mistake in their names is found before anything is connected to.
base::Result<facts::Snapshot> gather(const Invocation& invocation);

}  // namespace exaudit::cmd
