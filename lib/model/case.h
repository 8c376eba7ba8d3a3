// What a rule sees.
#pragma once

namespace exaudit::model {

struct Case {};

}  // namespace exaudit::model
