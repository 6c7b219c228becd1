// What a check came to, whatever was checked.

/// What one check came to.
struct CheckOutcome {
  enum Status: String {
    case pass, warn, fail
  }

  /// What was checked.
  var name: String
  var status: Status
  var observed: String
  var expected: String
  /// What is wrong, or nothing.
  var detail: String

  /// What was found in one line.
  var message: String {
    "observed \(observed), expected \(expected)" + (detail.isEmpty ? "" : ": \(detail)")
  }
}
