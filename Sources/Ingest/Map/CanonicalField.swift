// The fields every event has or may have.

import Columnar

/// A field with a meaning of its own.
public enum CanonicalField: Int, CaseIterable, Sendable {
  case event
  case user
  case session
  case eventID
  case timestamp

  /// The name under which users see the field.
  public var name: String {
    switch self {
    case .event: "event"
    case .user: "user_id"
    case .session: "session_id"
    case .eventID: "event_id"
    case .timestamp: "timestamp"
    }
  }

  /// Creates the field of that name.
  public init?(name: String) {
    guard let field = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = field
  }

  /// Why a value that is no text, number or bool is refused.
  var notText: RejectReason {
    switch self {
    case .event: .eventNotText
    case .user: .userNotText
    case .session: .sessionNotText
    case .eventID: .eventIDNotText
    case .timestamp: .notATime
    }
  }
}
