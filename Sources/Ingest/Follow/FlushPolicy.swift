// How often what was read of growing files is committed.

import EvtCore

/// The text of `--flush`: a length of time, a number of events, or both.
public struct FlushPolicy: Hashable, Sendable {
  /// A commit comes this long after the first event that waits for it.
  public var milliseconds = 5_000
  /// Or when this many events wait.
  public var rows = 50_000

  /// The default.
  public init() {}

  /// Reads "5s", "1000" or "5s,1000"; nil when `text` is neither.
  public init?(_ text: String) {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard (1...2).contains(parts.count) else { return nil }
    var isTimed = false
    for (index, part) in parts.enumerated() {
      if let rows = Int(part), rows > 0, index > 0 || parts.count == 1 {
        self.rows = rows
      } else if index == 0, let milliseconds = Self.milliseconds(part) {
        self.milliseconds = milliseconds
        isTimed = true
      } else {
        return nil
      }
    }
    if parts.count == 2, !isTimed { return nil }
  }

  private static func milliseconds(_ text: String) -> Int? {
    let units: [(suffix: String, milliseconds: Int)] = [
      ("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000),
    ]
    for (suffix, size) in units where text.hasSuffix(suffix) {
      guard let count = Int(text.dropLast(suffix.count)), count > 0, count <= 1_000_000 else {
        return nil
      }
      return count * size
    }
    return nil
  }
}
