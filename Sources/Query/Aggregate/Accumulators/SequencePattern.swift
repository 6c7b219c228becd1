// The patterns of sequenceMatch: (?1).*(?t<=3600)(?2).

/// A pattern over events.
struct SequencePattern: Hashable, Sendable {
  enum Part: Hashable, Sendable {
    /// An event for which condition `number`, from 0, holds.
    case condition(Int)
    case anyEvent
    /// Any number of events.
    case anyEvents
    /// How the time since the event before compares with a length.
    case elapsed(ComparisonOperator, Int64)
  }

  let parts: [Part]
  /// The highest condition, from 1.
  let conditions: Int

  /// Steps beyond which a search is given up; a pattern with many `.*` could take for ever.
  static let stepsMax = 100_000_000

  /// Reads a pattern; nil when it is none.
  /// - Parameter unit: what 1 in a condition on time stands for.
  init?(_ text: String, unit: Int64) {
    var parts: [Part] = []
    var conditions = 0
    var rest = Array(text.utf8)[...]
    func take(_ word: String) -> Bool {
      guard rest.starts(with: word.utf8) else { return false }
      rest = rest.dropFirst(word.utf8.count)
      return true
    }
    func number() -> Int64? {
      let digits = rest.prefix { $0 >= 0x30 && $0 <= 0x39 }
      rest = rest.dropFirst(digits.count)
      return Int64(String(decoding: digits, as: UTF8.self))
    }
    while !rest.isEmpty {
      if take(".*") {
        parts.append(.anyEvents)
      } else if take(".") {
        parts.append(.anyEvent)
      } else if take("(?t") {
        let signs = [
          ("<=", ComparisonOperator.lessOrEqual), (">=", .greaterOrEqual), ("==", .equal),
          ("<", .less), (">", .greater),
        ]
        guard let sign = signs.first(where: { take($0.0) })?.1, let length = number(), take(")")
        else { return nil }
        let (scaled, overflow) = length.multipliedReportingOverflow(by: unit)
        parts.append(.elapsed(sign, overflow ? .max : scaled))
      } else if take("(?") {
        guard let condition = number(), condition >= 1, condition <= 32, take(")") else {
          return nil
        }
        parts.append(.condition(Int(condition) - 1))
        conditions = max(conditions, Int(condition))
      } else {
        return nil
      }
    }
    self.parts = parts
    self.conditions = conditions
  }

  /// Finds the first match in `events`, which are in the order of time, at or behind `start`, and
  /// returns where it ends.
  ///
  /// The search is that of ClickHouse's `sequenceMatch`: `.*` takes as few events as possible, and
  /// takes more when what follows does not match.
  /// - Parameter steps: how many may still be made.
  /// - Throws: `QueryError` when they are used up.
  func match(
    _ events: [ConditionEvent], from start: Int, _ steps: inout Int
  ) throws(QueryError) -> Int? {
    // What comes before a match matters no more than what `.*` passes over.
    let parts = [.anyEvents] + self.parts
    var (part, event, base) = (0, start, start)
    var alternatives: [(part: Int, event: Int, base: Int)] = []
    func goBack() -> Bool {
      while let last = alternatives.popLast() {
        (part, event, base) = (last.part, last.event + 1, last.base)
        if event < events.count { return true }
      }
      return false
    }
    search: while part < parts.count, event < events.count {
      steps -= 1
      guard steps > 0 else {
        throw .usage(
          "a pattern of sequenceMatch takes more than \(Self.stepsMax) steps for one group"
        )
      }
      switch parts[part] {
      case .condition(let number):
        if events[event].conditions >> UInt32(number) & 1 == 1 {
          base = event
          part += 1
          event += 1
        } else if !goBack() {
          break search
        }
      case .anyEvent:
        base = event
        part += 1
        event += 1
      case .anyEvents:
        alternatives.append((part, event, base))
        base = event
        part += 1
      case .elapsed(let comparison, let length):
        let elapsed = events[event].time &- events[base].time
        let order = Order(elapsed < length, elapsed == length)
        if order.satisfies(comparison) {
          alternatives.append((part, event, base))
          base = event
          part += 1
        } else if order != .above, comparison != .less, comparison != .lessOrEqual {
          // A later event may be late enough.
          event += 1
          if event == events.count, !goBack() { break search }
        } else if !goBack() {
          break search
        }
      }
    }
    while part < parts.count, parts[part] == .anyEvents { part += 1 }
    return part == parts.count ? event : nil
  }
}
