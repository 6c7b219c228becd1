// Why a line was not stored: the fixed set of reasons, as they stand in reject files and counts.

/// The reasons for which a line is kept in the reject file instead of the store.
public enum RejectReason: UInt8, CaseIterable, Sendable, BitwiseCopyable {
  // What is not JSON.
  case notAnObject
  case expectedKey
  case expectedColon
  case expectedValue
  case expectedCommaOrBrace
  case expectedCommaOrBracket
  case badLiteral
  case badNumber
  case badEscape
  case loneSurrogate
  case controlCharacter
  case notUTF8
  case unterminated
  case textAfterEvent
  // Limits.
  case lineTooLong
  case tooDeep
  case tooManyKeys
  case pathTooLong
  case textTooLong
  // What was to be replayed.
  case notAReject
  // What is no event.
  case eventMissing
  case eventEmpty
  case eventNotText
  case userNotText
  case sessionNotText
  case eventIDNotText
  case timeMissing
  case notATime
  case timeTooPrecise
  case timeOutOfRange
  case timeBefore1970
  case timeInFuture

  /// The reason as users read it.
  public var text: String {
    switch self {
    case .notAnObject: "not a JSON object"
    case .expectedKey: "expected a key in double quotes"
    case .expectedColon: "expected ':' after a key"
    case .expectedValue: "expected a value"
    case .expectedCommaOrBrace: "expected ',' or '}'"
    case .expectedCommaOrBracket: "expected ',' or ']'"
    case .badLiteral: "not a JSON value (true, false and null are the only words)"
    case .badNumber: "not a JSON number"
    case .badEscape: "invalid escape in a text"
    case .loneSurrogate: "half of a surrogate pair in a text"
    case .controlCharacter: "unescaped control character in a text"
    case .notUTF8: "invalid UTF-8 in a text"
    case .unterminated: "ends inside a JSON value"
    case .textAfterEvent: "text after the event"
    default: eventText
    }
  }

  /// Whether the text was a JSON object within all limits, but not an event.
  var isAboutFields: Bool { rawValue >= Self.eventMissing.rawValue }

  private var eventText: String {
    switch self {
    case .lineTooLong: "line longer than 16 MiB"
    case .tooDeep: "nested deeper than 64 levels"
    case .tooManyKeys: "more than 2,000 keys"
    case .pathTooLong: "key path longer than 256 bytes"
    case .textTooLong: "value of more than 1 MiB of text"
    case .notAReject: "not a record of a rejected line"
    case .eventMissing: "no event name"
    case .eventEmpty: "empty event name"
    case .eventNotText: "event name is neither text nor number"
    case .userNotText: "user_id is an object or array"
    case .sessionNotText: "session_id is an object or array"
    case .eventIDNotText: "event_id is an object or array"
    case .timeMissing: "no timestamp"
    case .notATime: "timestamp is not a time"
    case .timeTooPrecise: "timestamp is more precise than a nanosecond"
    case .timeOutOfRange: "timestamp is outside of the years 1677 to 2262"
    case .timeBefore1970: "timestamp is before 1970"
    case .timeInFuture: "timestamp is more than 48 hours ahead"
    default: ""
    }
  }
}
