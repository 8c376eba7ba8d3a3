// A directory server with a made organization, for comparing what asks it.
#pragma once

#include <memory>

#include "bench/options.h"
#include "bench/table.h"

namespace exaudit::bench {

class LiveDirectory {
 public:
  LiveDirectory();
  ~LiveDirectory();
  LiveDirectory(const LiveDirectory&) = delete;
  LiveDirectory& operator=(const LiveDirectory&) = delete;

  // Starts slapd on the loopback interface; it runs as long as this object lives. Who asks it: exaudit, and
  // ldapsearch for the same. Without slapd, a workload whose title says so.
  Workload workload(const Options& options);

 private:
  struct Running;
  std::unique_ptr<Running> running_;
};

}  // namespace exaudit::bench
