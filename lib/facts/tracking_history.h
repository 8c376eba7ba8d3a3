// The history of one message, copied out of the Message Tracking Center: lines of (time and) text.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "facts/location.h"

namespace exaudit::facts {

// The lines that the articles name (KB 828938, KB 822939), by their English texts; other languages come out
// as `other`.
enum class TrackingStep {
  delivered_locally,            // "SMTP: Message Delivered Locally to <address>"
  retry_scheduled,              // "SMTP: Message Scheduled to Retry Local Delivery"
  report_generated,             // "Report generated internally"
  submitted_from_store,         // "SMTP Store Driver: Message Submitted from Store"
  submitted_to_mta,             // "SMTP Store Driver: Submitted Message to MTA"
  unroutable_report_discarded,  // "Unroutable report discarded"
  other
};

struct TrackingLine {
  TrackingStep step = TrackingStep::other;
  std::string text;
  std::string recipient;  // of delivered_locally, "" otherwise
  std::uint32_t line = 0;
};

struct TrackingHistory {
  std::vector<TrackingLine> lines;
  Location location;
};

}  // namespace exaudit::facts
