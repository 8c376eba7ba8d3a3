#include "collectors/directory_sources.h"

#include <utility>

namespace exaudit::collectors {

base::Result<CollectedView> collect_view(const DirectorySources& sources,
                                         const std::vector<std::string>& candidates, UniqueNames& names,
                                         const OutputFunction& output) {
  CollectedView out;
  out.uri = candidates.front();
  for (const std::string& uri : candidates) {
    LdapConnection connection = sources.connection;
    connection.uri = uri;
    const auto client = sources.connect(connection);
    DirectoryRequest request = sources.request;
    request.uri = uri;
    const bool last = &uri == &candidates.back();
    if (!last && !client->connect().ok()) continue;
    out.uri = uri;
    out.name = names.take(view_name_of_uri(uri));
    LdifOutput ldif = output(out.name);
    out.report = collect_directory(*client, request, ldif, sources.progress);
    auto buffer = ldif.finish();
    if (!buffer) return buffer.error();
    out.ldif = *buffer;
    break;
  }
  return out;
}

void add_directories(const DirectorySources& sources, Evidence& evidence) {
  for (const auto& candidates : sources.servers) {
    auto view = collect_view(sources, candidates, evidence.view_names(),
                             [](const std::string&) { return LdifOutput(); });
    facts::Input input;
    input.kind = facts::InputKind::ldif;
    input.live = true;
    input.path = view ? view->uri : candidates.front();
    if (!view) input.skipped_record(0, view.error().message);
    if (view) input.bytes = view->ldif->view().size();
    const facts::InputId id = evidence.add_input(std::move(input));
    if (!view) continue;
    facts::ViewBuilder builder(view->name);
    evidence.read_ldif(id, view->ldif, view->name, builder);
    for (facts::Problem& problem : evidence.input(id).problems) problem.line = 0;
    evidence.add_views(builder, view->name);
  }
}

}  // namespace exaudit::collectors
