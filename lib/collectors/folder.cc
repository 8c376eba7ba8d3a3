// Three steps: find the files, tell what each of them is, read them kind by kind. The second step keeps no
// content, so that the third one knows all files of a folder before it reads the first: a MetaBase.xml needs
// the MBSchema.xml beside it, a view its name.
#include "collectors/folder.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/sha256.h"
#include "base/temporary_file.h"
#include "base/text.h"
#include "collectors/folder_names.h"
#include "collectors/machine_table.h"
#include "collectors/walk.h"
#include "readers/gzip.h"
#include "readers/readers.h"

namespace exaudit::collectors {

namespace {

using facts::Input;
using facts::InputId;
using facts::InputKind;

// LDIF shrinks to a twentieth, an export of nearly equal objects to a hundredth; deflate can do a thousandth,
// with content made for it.
constexpr std::uint64_t kMaxExpansion = 200;
constexpr std::uint64_t kMinExpandedBytes = std::uint64_t{256} << 20;  // whatever it expands from

// What this version recognises and cannot read: what to do instead.
std::string_view advice_for(InputKind kind) {
  switch (kind) {
    case InputKind::metabase_binary:
      return "the metabase of IIS 5 cannot be read from its binary file; take a dump of it with mdutil "
             "enum_all, or, on IIS 6, MetaBase.xml and MBSchema.xml";
    default:
      return {};
  }
}

class Collector {
 public:
  Collector(const FolderOptions& options, Evidence& evidence)
      : options_(options), evidence_(evidence), first_(static_cast<InputId>(evidence.input_count())) {}

  std::optional<base::Error> run() {
    auto found = walk(options_.paths, {options_.max_files, options_.max_depth});
    if (!found) return found.error();
    walk_ = std::move(*found);
    auto machines = PathNames::make("--machine", options_.machines, walk_.files);
    if (!machines) return machines.error();
    machine_names_ = std::move(*machines);
    const auto views = PathNames::make("--view", options_.views, walk_.files);
    if (!views) return views.error();

    if (!survey()) return nothing_opened();
    read_schemas();
    read_views(*views);
    for (InputId id = first_; id < evidence_.input_count(); ++id) read_machine_file(id);
    return std::nullopt;
  }

 private:
  const FoundFile& file(InputId id) const { return walk_.files[id - first_]; }
  Input& input_of(InputId id) { return evidence_.input(id); }

  // Nothing to work on: says why, by the first file that could not be opened.
  base::Error nothing_opened() const {
    for (InputId id = first_; id < evidence_.input_count(); ++id) {
      const Input& input = evidence_.input(id);
      if (input.problems.empty()) continue;
      const std::string why =
          fmt::format("'{}' {}", base::visible(input.path), input.problems.front().message);
      return {base::ErrorCode::io, "nothing to audit: " + why, 0};
    }
    return {base::ErrorCode::not_found,
            fmt::format("nothing to audit: '{}' holds no files", fmt::join(options_.paths, "', '")), 0};
  }

  // Adds an input for each file. False when none of them could be opened.
  bool survey() {
    bool any = false;
    for (const FoundFile& found : walk_.files) {
      const InputId id = evidence_.add_input({});
      Input& input = input_of(id);
      input.path = found.path;
      if (found.problem.empty()) {
        any = recognise_file(id) || any;
      } else if (found.lost) {
        input.skipped_record(0, found.problem);
      } else {
        input.note(0, found.problem);
      }
    }
    return any;
  }

  bool recognise_file(InputId id) {
    Input& input = input_of(id);
    const auto buffer = open(id);
    if (!buffer) {
      input.skipped_record(0, buffer.error().message);
      return false;
    }
    const std::string_view bytes = (*buffer)->view();
    input.bytes = bytes.size();
    if (options_.hash_inputs) input.sha256 = base::sha256_hex(bytes);
    input.kind = readers::is_gzip(bytes)
                     ? readers::recognise(readers::gunzip_head(bytes, readers::kRecogniseBytes + 1))
                     : readers::recognise(bytes);
    if (input.kind == InputKind::empty && input.bytes > 0 && readers::is_gzip(bytes))
      input.kind = InputKind::unknown;
    if (is_metabase_backup(file(id), input.kind)) input.kind = InputKind::metabase_backup;
    if (file(id).real == kStandardInput) standard_input_ = *buffer;
    if (!is_machine_kind(input.kind)) return true;
    input.machine = machine_of_place(id);
    if (!input.machine.empty()) evidence_.machine(input.machine);
    const std::string_view advice = advice_for(input.kind);
    if (!advice.empty()) input.skipped_record(0, std::string(advice));
    return true;
  }

  base::Result<base::BufferPtr> open(InputId id) const {
    const std::string& real = file(id).real;
    if (real == kStandardInput) {
      return standard_input_ ? base::Result<base::BufferPtr>(standard_input_)
                             : base::read_stdin(options_.max_file_bytes);
    }
    auto buffer = base::read_file(real);
    if (buffer && (*buffer)->view().size() > options_.max_file_bytes) {
      return base::Error{base::ErrorCode::too_large,
                         fmt::format("is larger than {} bytes and was not read", options_.max_file_bytes), 0};
    }
    return buffer;
  }

  // The content, decompressed, for reading. Null after reporting why there is none. A file that ends early
  // has lost records before it is read.
  base::BufferPtr load(InputId id) {
    Input& input = input_of(id);
    auto buffer = open(id);
    if (!buffer) {
      input.skipped_record(0, buffer.error().message);
      return nullptr;
    }
    const std::string_view bytes = (*buffer)->view();
    if (!readers::is_gzip(bytes)) return *buffer;
    const std::uint64_t limit = std::min<std::uint64_t>(
        options_.max_file_bytes, std::max(kMinExpandedBytes, bytes.size() * kMaxExpansion));
    auto expanded = readers::gunzip(bytes, limit);
    if (!expanded) {
      input.skipped_record(0, expanded.error().message);
      return nullptr;
    }
    if (expanded->truncated)
      input.skipped_record(0, "the compressed file is damaged or ends early; the rest is missing");
    return expanded->buffer;
  }

  struct Named {
    std::string path;
    std::optional<base::TemporaryFile> copy;  // keeps `path` alive
  };

  // The same for readers that want a file by its name. Nothing after reporting why there is none.
  std::optional<Named> load_named(InputId id) {
    const base::BufferPtr buffer = load(id);
    if (!buffer) return std::nullopt;
    const std::string& real = file(id).real;
    const auto opened = open(id);
    if (real != kStandardInput && opened && !readers::is_gzip((*opened)->view())) return Named{real, {}};
    auto copy = base::TemporaryFile::make(buffer->view());
    if (!copy) {
      input_of(id).skipped_record(0, copy.error().message);
      return std::nullopt;
    }
    std::string path = copy->path();
    return Named{std::move(path), std::move(*copy)};
  }

  // --machine, else the folder below servers/.
  std::string machine_of_place(InputId id) const {
    const FoundFile& found = file(id);
    if (const std::string* name = machine_names_.find(found.real)) return *name;
    return std::string(machine_of_path(found, walk_.roots[found.root]));
  }

  // One schema for each folder; of several the first one.
  void read_schemas() {
    for (InputId id = first_; id < evidence_.input_count(); ++id) {
      if (input_of(id).kind != InputKind::mbschema_xml) continue;
      const base::BufferPtr buffer = load(id);
      if (!buffer) continue;
      auto schema = readers::read_mbschema_xml(buffer->view(), input_of(id));
      schemas_.emplace(parent_of(file(id).real), std::move(schema));
    }
  }

  void read_views(const PathNames& names) {
    std::vector<std::size_t> ldif;
    for (std::size_t i = 0; i < walk_.files.size(); ++i) {
      const Input& input = input_of(first_ + static_cast<InputId>(i));
      if (input.kind != InputKind::ldif) continue;
      ldif.push_back(i);
      evidence_.reading().bytes_expected += input.bytes;
    }
    for (const ViewGroup& group : group_views(walk_, ldif, names, evidence_.view_names())) read_view(group);
  }

  void read_view(const ViewGroup& group) {
    facts::ViewBuilder builder(group.name);
    for (const std::size_t index : group.files) {
      const InputId id = first_ + static_cast<InputId>(index);
      const base::BufferPtr buffer = load(id);
      if (!buffer) continue;
      // Decompressed, it is longer than it was expected to be.
      evidence_.reading().bytes_expected += buffer->view().size() - input_of(id).bytes;
      evidence_.read_ldif(id, buffer, stem_of(file(id)), builder);
    }
    evidence_.add_views(builder, group.name);
  }

  void read_machine_file(InputId id) {
    Input& input = input_of(id);
    switch (input.kind) {
      case InputKind::metabase_xml:
        return read_metabase(id);
      case InputKind::registry_export:
      case InputKind::registry_query:
        return read_registry(id);
      case InputKind::registry_hive:
        return read_hive(id);
      case InputKind::event_log_text:
      case InputKind::event_blocks:
      case InputKind::event_log_evt:
        return read_events(id);
      case InputKind::event_log_evtx:
        return read_evtx(id);
      case InputKind::program_file:
        return read_program(id);
      case InputKind::smtp_greeting:
        return read_greetings(id);
      case InputKind::mailbox_table:
        return read_mailboxes(id);
      case InputKind::metabase_dump:
        return read_metabase_dump(id);
      case InputKind::sink_listing:
        return read_sinks(id);
      case InputKind::service_states:
        return read_services(id);
      case InputKind::file_versions:
        return read_versions(id);
      case InputKind::tracking_history:
        return read_history(id);
      case InputKind::folder_listing:
        return read_listing(id);
      case InputKind::metabase_backup:
        return add_backup(id);
      default:
        return;
    }
  }

  void read_metabase(InputId id) {
    const base::BufferPtr buffer = load(id);
    if (!buffer) return;
    const bool lost = input_of(id).lost_records;
    const auto schema = schemas_.find(parent_of(file(id).real));
    auto metabase = readers::read_metabase_xml(
        buffer->view(), schema == schemas_.end() ? kNoSchema : schema->second, id, input_of(id));
    metabase.lost_records = metabase.lost_records || lost;
    owner(id, {}).metabases.push_back(std::move(metabase));
  }

  void read_registry(InputId id) {
    const base::BufferPtr buffer = load(id);
    if (!buffer) return;
    Input& input = input_of(id);
    const bool lost = input.lost_records;
    auto registry = input.kind == InputKind::registry_export
                        ? readers::read_registry_export(buffer->view(), id, input)
                        : readers::read_registry_query(buffer->view(), id, input);
    registry.lost_records = registry.lost_records || lost;
    const std::string hint = machine_hint(registry);
    owner(id, hint).registries.push_back(std::move(registry));
  }

  void read_events(InputId id) {
    const base::BufferPtr buffer = load(id);
    if (!buffer) return;
    Input& input = input_of(id);
    auto log = input.kind == InputKind::event_log_text ? readers::read_event_text(buffer->view(), id, input)
               : input.kind == InputKind::event_log_evt
                   ? readers::read_event_log_evt(buffer->view(), id, input)
                   : readers::read_event_blocks(buffer->view(), id, input);
    if (input.kind == InputKind::event_blocks) {
      add_copied(id, std::move(log), buffer->view());
    } else {
      add_log(id, std::move(log));
    }
  }

  // Events copied from several computers go to their machines, unless the file has its place.
  void add_copied(InputId id, facts::EventLog log, std::string_view bytes) {
    Input& input = input_of(id);
    std::vector<facts::EventLog> parts;
    if (input.machine.empty()) {
      parts = by_computer(std::move(log));
    } else {
      parts.push_back(std::move(log));
    }
    const std::string place = input.machine;
    bool unattributed = false;
    for (facts::EventLog& part : parts) {
      input.machine = place;
      add_log(id, std::move(part));
      unattributed = unattributed || input.unattributed;
    }
    if (parts.size() > 1) input.machine.clear();
    const bool history = read_history_between(bytes, id);
    input.unattributed = unattributed || (history && input.machine.empty());
  }

  void read_evtx(InputId id) {
    if (const auto named = load_named(id))
      add_log(id, readers::read_event_log_evtx(named->path, id, input_of(id)));
  }

  void add_log(InputId id, facts::EventLog log) {
    const std::string hint = machine_hint(log);
    input_of(id).log = facts::log_kind_of(log);
    owner(id, hint).event_logs.push_back(std::move(log));
  }

  // An article or a mail that shows events may show the history of a message as well.
  bool read_history_between(std::string_view bytes, InputId id) {
    Input aside;
    auto history = readers::read_tracking_history(bytes, id, aside);
    if (history.lines.empty()) return false;
    input_of(id).records += history.lines.size();
    evidence_.machine(input_of(id).machine).histories.push_back(std::move(history));
    return true;
  }

  void read_hive(InputId id) {
    const auto named = load_named(id);
    if (!named) return;
    const bool lost = input_of(id).lost_records;
    auto registry = readers::read_registry_hive(named->path, id, input_of(id));
    registry.lost_records = registry.lost_records || lost;
    const std::string hint = machine_hint(registry);
    owner(id, hint).registries.push_back(std::move(registry));
  }

  void read_program(InputId id) {
    const base::BufferPtr buffer = load(id);
    if (!buffer) return;
    auto version = readers::read_program_file(buffer->view(), leaf_of(file(id).path), id, input_of(id));
    owner(id, {}).files.push_back(std::move(version));
  }

  // Sessions with several hosts may stand in one transcript: each goes to its own machine.
  void read_greetings(InputId id) {
    const base::BufferPtr buffer = load(id);
    if (!buffer) return;
    const std::string place = input_of(id).machine;
    bool same = true;
    bool unattributed = false;
    for (facts::SmtpGreeting& greeting : readers::read_smtp_transcript(buffer->view(), id, input_of(id))) {
      const std::string before = std::exchange(input_of(id).machine, place);
      const std::string hint = machine_hint(greeting);
      owner(id, hint).greetings.push_back(std::move(greeting));
      unattributed = unattributed || input_of(id).unattributed;
      same = same && (before.empty() || base::fold_equals(before, input_of(id).machine));
    }
    input_of(id).unattributed = unattributed;
    if (!same) input_of(id).machine.clear();
  }

  void read_mailboxes(InputId id) {
    const base::BufferPtr buffer = load(id);
    if (!buffer) return;
    const bool lost = input_of(id).lost_records;
    auto table = readers::read_mailbox_table(buffer->view(), id, input_of(id));
    table.complete = table.complete && !lost;
    // Rows that name their servers need no machine.
    const bool rows_know =
        !table.rows.empty() && std::all_of(table.rows.begin(), table.rows.end(),
                                           [](const facts::MailboxRow& row) { return !row.server.empty(); });
    const std::string hint = machine_hint(table);
    owner(id, hint).mailbox_tables.push_back(std::move(table));
    if (rows_know) input_of(id).unattributed = false;
  }

  void read_metabase_dump(InputId id) {
    const base::BufferPtr buffer = load(id);
    if (!buffer) return;
    // An input that has lost records already makes the dump incomplete.
    owner(id, {}).metabases.push_back(readers::read_metabase_dump(buffer->view(), id, input_of(id)));
  }

  void read_sinks(InputId id) {
    const base::BufferPtr buffer = load(id);
    if (!buffer) return;
    const bool lost = input_of(id).lost_records;
    auto listing = readers::read_sink_listing(buffer->view(), id, input_of(id));
    listing.complete = listing.complete && !lost;
    owner(id, {}).sink_listings.push_back(std::move(listing));
  }

  void read_services(InputId id) {
    const base::BufferPtr buffer = load(id);
    if (!buffer) return;
    const bool lost = input_of(id).lost_records;
    auto table = readers::read_service_states(buffer->view(), id, input_of(id));
    table.complete = table.complete && !lost;
    const std::string hint = machine_hint(table);
    owner(id, hint).service_tables.push_back(std::move(table));
  }

  void read_versions(InputId id) {
    const base::BufferPtr buffer = load(id);
    if (!buffer) return;
    auto files = readers::read_file_versions(buffer->view(), id, input_of(id));
    facts::MachineFacts& machine = owner(id, machine_hint(files));
    std::move(files.begin(), files.end(), std::back_inserter(machine.files));
  }

  void read_history(InputId id) {
    const base::BufferPtr buffer = load(id);
    if (!buffer) return;
    owner(id, {}).histories.push_back(readers::read_tracking_history(buffer->view(), id, input_of(id)));
  }

  void read_listing(InputId id) {
    const base::BufferPtr buffer = load(id);
    if (!buffer) return;
    auto listing = readers::read_folder_listing(buffer->view(), id, input_of(id));
    const std::string hint = machine_hint(listing);
    owner(id, hint).folder_listings.push_back(std::move(listing));
  }

  // Nothing of it is read: what it says was true once.
  void add_backup(InputId id) {
    input_of(id).note(
        0,
        "is a backup of the metabase, known by its name or folder: it shows that there is one, and "
        "is not audited");
    facts::MachineFacts& machine = owner(id, {});
    const std::string_view name = leaf_of(file(id).path);
    if (!facts::is_schema_part(name)) machine.metabase_backups.push_back({std::string(name), {.input = id}});
  }

  // Evidence::owner, and a remark when the file says something else than its folder.
  facts::MachineFacts& owner(InputId id, const std::string& hint) {
    Input& input = input_of(id);
    if (!input.machine.empty() && !hint.empty() && machine_names_.find(file(id).real) == nullptr &&
        !base::fold_equals(hint, machine_hint(std::string_view(input.machine)))) {
      input.note(0, fmt::format("names the machine {}, while its folder says {}; the folder counts "
                                "(--machine NAME=PATH overrides)",
                                hint, input.machine));
    }
    return evidence_.owner(id, hint);
  }

  inline static const readers::MetabaseSchema kNoSchema;

  const FolderOptions& options_;
  Evidence& evidence_;
  InputId first_;  // the input of walk_.files.front(); the others follow in order
  Walk walk_;
  PathNames machine_names_;
  std::map<std::string, readers::MetabaseSchema, std::less<>> schemas_;  // by folder
  base::BufferPtr standard_input_;                                       // it cannot be read twice
};

}  // namespace

std::optional<base::Error> add_folder(const FolderOptions& options, Evidence& evidence) {
  return Collector(options, evidence).run();
}

base::Result<facts::Snapshot> collect_folder(const FolderOptions& options) {
  Evidence evidence;
  if (auto error = add_folder(options, evidence)) return std::move(*error);
  return std::move(evidence).finish();
}

}  // namespace exaudit::collectors
