// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace marea {

/// What a running diagnostic keeps of another field from the start of a run on; of a vector it is the magnitude that
/// counts. As text, in FieldInfo::running and files: "maximum(eta)", "minimum(q)", "first_crossing(eta, 0.01)",
/// "passed(h, 0.1)".
struct RunningDiagnostic {
  enum class Kind : std::uint8_t {
    maximum,
    minimum,
    first_crossing,  ///< the first time that the magnitude passes `threshold`, the end of the run where it never does
    passed           ///< 1 where the magnitude has passed `threshold`, else 0
  };
  Kind kind = Kind::maximum;
  std::string of;        ///< name of the field
  double threshold = 0;  ///< first_crossing, passed: [units of the field]

  bool has_threshold() const { return kind == Kind::first_crossing || kind == Kind::passed; }
};

/// The rule for an error message.
inline constexpr const char* running_rule = "must be maximum(FIELD), minimum(FIELD), "
                                            "first_crossing(FIELD, THRESHOLD) or passed(FIELD, THRESHOLD)";

std::string to_string(const RunningDiagnostic& diagnostic);

/// Nothing where the text is of another form.
std::optional<RunningDiagnostic> parse_running(std::string_view text);

}  // namespace marea
