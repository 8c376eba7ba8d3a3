// Progress of a long collection, on a terminal only, and only once it has taken half a second.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "collectors/directory.h"
#include "collectors/evidence.h"

namespace exaudit::cmd {

// Empty when standard error is no terminal. The line is erased when the function and its copies end.
collectors::ProgressFunction show_progress();

// Shows how far the reading of directory exports has come, how fast it is and how long it will take, from now
// until its end. `reading` lives longer.
class ReadingProgress {
 public:
  explicit ReadingProgress(const collectors::Reading& reading);
  ~ReadingProgress();
  ReadingProgress(const ReadingProgress&) = delete;
  ReadingProgress& operator=(const ReadingProgress&) = delete;

 private:
  void run();

  const collectors::Reading& reading_;
  std::mutex mutex_;
  std::condition_variable ended_;
  bool end_ = false;
  std::thread thread_;
};

}  // namespace exaudit::cmd
