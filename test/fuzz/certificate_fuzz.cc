#include "collectors/tls_certificate.h"
#include "fuzz/targets.h"

// The description of a certificate is for people; whatever is in it, there is one or none.
void exaudit::fuzz::certificate(std::string_view bytes) {
  static_cast<void>(collectors::describe_certificate(std::string(bytes), "dc1.contoso.test"));
}
