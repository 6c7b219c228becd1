// Which events of a log are kept, worked out event by event.

import Columnar
import EvtCore

/// The user and key of an event, nil without a key.
public struct NaiveKey: Hashable, Sendable {
  private let user: String?
  private let values: [TestValue]

  /// Takes the key of `event`.
  public init?(_ event: TestEvent, _ key: EventKey) {
    user = event.user
    values = key.fields.map { field in
      switch field {
      case .canonical(.event): .text(event.event)
      case .canonical(.session): event.session.map { .text($0) } ?? .absent
      case .canonical(.eventID): event.eventID.map { .text($0) } ?? .absent
      case .canonical(.timestamp): .int(event.time)
      case .canonical: .absent
      case .property(let path): event.values[path.text] ?? .absent
      }
    }
    if values.contains(.absent) || values.contains(.null) { return nil }
    if values.allSatisfy({ $0 == .text("") }) { return nil }
  }
}

/// Events that were kept, in the order in which they came.
public struct NaiveDedupe: Sendable {
  public private(set) var kept: [TestEvent] = []
  private let key: EventKey
  private let windowNanos: Int64

  /// Creates the log without events.
  public init(key: EventKey, windowNanos: Int64) {
    self.key = key
    self.windowNanos = windowNanos
  }

  /// Adds `event` unless it repeats a kept one; returns whether it was added.
  @discardableResult
  public mutating func add(_ event: TestEvent) -> Bool {
    if let own = NaiveKey(event, key) {
      let isRepeated = kept.contains {
        NaiveKey($0, key) == own && abs($0.time - event.time) <= windowNanos
      }
      if isRepeated { return false }
    }
    kept.append(event)
    return true
  }
}
