#include "collectors/smtp_session.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "readers/smtp_line.h"

namespace exaudit::collectors {

namespace {

constexpr std::size_t kShownBytes = 200;  // of a reply, in a message

// One reply of one or more lines.
struct Reply {
  int code = 0;
  std::string shown;    // its last line, for people
  std::string problem;  // why it has no end; then there is no code
};

class Session {
 public:
  Session(Connection& connection, TimePoint deadline) : connection_(connection), deadline_(deadline) {}

  SmtpSession run() {
    out_.problem = ask();
    if (!broken_) quit();
    return std::move(out_);
  }

 private:
  // What is wrong, or "".
  std::string ask() {
    const Reply greeting = read_reply(deadline_);
    if (!greeting.problem.empty()) return "no greeting: " + greeting.problem;
    if (greeting.code != 220) return fmt::format("the server refuses sessions: {}", greeting.shown);
    if (!say("EHLO " + address_literal(connection_.local_address())))
      return "EHLO could not be sent: " + why_;
    const Reply reply = read_reply(deadline_);
    if (!reply.problem.empty()) return "the reply to EHLO has no end: " + reply.problem;
    if (reply.code != 250) return fmt::format("the server does not accept EHLO: {}", reply.shown);
    return "";
  }

  void quit() {
    const TimePoint patience = std::min(deadline_, connection_.now() + kQuitPatience);
    if (!say("QUIT")) return;
    static_cast<void>(read_reply(patience));
    out_.transcript += "Connection closed.\n";
  }

  static std::string address_literal(std::string_view address) {
    const std::string_view without_zone = address.substr(0, address.find('%'));
    const bool ipv6 = without_zone.find(':') != std::string_view::npos;
    return fmt::format("[{}{}]", ipv6 ? "IPv6:" : "", without_zone);
  }

  // False with the reason in why_.
  bool say(const std::string& command) {
    const auto error = connection_.write(command + "\r\n", deadline_);
    if (error) {
      broken_ = true;
      why_ = error->message;
      return false;
    }
    out_.transcript += command + '\n';
    return true;
  }

  // A line that is no reply may stand inside a reply, where the reader of the transcript judges it, but not
  // before one: what begins with anything else speaks another protocol.
  Reply read_reply(TimePoint deadline) {
    bool begun = false;
    for (std::size_t lines = 0; lines < kMaxReplyLines; ++lines) {
      const auto line = next_line(deadline);
      if (!line) return broken(why_);
      out_.transcript += *line + '\n';
      ++out_.reply_lines;
      if (!readers::is_smtp_reply(*line)) {
        if (!begun && !line->empty()) return broken("the server answers with a line that is no SMTP reply");
        continue;
      }
      begun = true;
      if (line->size() > 3 && (*line)[3] == '-') continue;
      return {((*line)[0] - '0') * 100 + ((*line)[1] - '0') * 10 + ((*line)[2] - '0'),
              line->substr(0, kShownBytes), ""};
    }
    return broken(fmt::format("more than {} lines", kMaxReplyLines));
  }

  Reply broken(std::string why) {
    broken_ = true;
    return {0, "", std::move(why)};
  }

  // A line without its end, which is CR LF, LF or CR as in every text that is read. Nothing with the reason
  // in why_ when the server does not send one.
  std::optional<std::string> next_line(TimePoint deadline) {
    while (true) {
      if (after_cr_ && at_ < bytes_.size()) {
        if (bytes_[at_] == '\n') ++at_;
        after_cr_ = false;
      }
      const std::size_t end = bytes_.find_first_of("\r\n", searched_ = std::max(searched_, at_));
      if (std::min(end, bytes_.size()) - at_ > kMaxReplyLineBytes) {
        why_ = fmt::format("a line of more than {} bytes", kMaxReplyLineBytes);
        return std::nullopt;
      }
      if (end != std::string::npos) {
        std::string line = bytes_.substr(at_, end - at_);
        after_cr_ = bytes_[end] == '\r';
        at_ = end + 1;
        return line;
      }
      searched_ = bytes_.size();
      if (!receive(deadline)) return std::nullopt;
    }
  }

  bool receive(TimePoint deadline) {
    if (bytes_.size() >= kMaxSessionBytes) {
      why_ = fmt::format("more than {} bytes", kMaxSessionBytes);
      return false;
    }
    Received received = connection_.read(deadline);
    switch (received.end) {
      case Received::End::open:
        bytes_ += received.bytes;
        return true;
      case Received::End::closed:
        why_ = "the server closed the connection";
        return false;
      case Received::End::timed_out:
        why_ = "the time limit was reached";
        return false;
      case Received::End::failed:
        why_ = std::move(received.why);
        return false;
    }
    return false;
  }

  Connection& connection_;
  TimePoint deadline_;
  SmtpSession out_;
  std::string bytes_;         // all that was received
  std::size_t at_ = 0;        // the beginning of the next line
  std::size_t searched_ = 0;  // there is no line end between at_ and here
  bool after_cr_ = false;     // the last line ended with CR; a LF that follows belongs to it
  bool broken_ = false;       // nothing more can be said or heard
  std::string why_;           // the reason of the last failure
};

}  // namespace

SmtpSession talk_smtp(Connection& connection, TimePoint deadline) {
  return Session(connection, deadline).run();
}

}  // namespace exaudit::collectors
