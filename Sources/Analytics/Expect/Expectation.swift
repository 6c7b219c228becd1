// One expectation: which events, and how many of them there should be.

/// Events and the number of them that is expected.
public struct Expectation: Hashable, Sendable {
  /// How the number is compared.
  public enum Comparison: String, CaseIterable, Sendable {
    case atLeast = ">="
    case above = ">"
    case atMost = "<="
    case below = "<"
    case exactly = "="

    /// Whether `observed` compares with `expected` in this way.
    func holds(_ observed: Int, _ expected: Int) -> Bool {
      switch self {
      case .atLeast: observed >= expected
      case .above: observed > expected
      case .atMost: observed <= expected
      case .below: observed < expected
      case .exactly: observed == expected
      }
    }
  }

  public var step: EventStep
  public var comparison = Comparison.atLeast
  public var count = 1

  /// Whether so many events are as expected.
  func isMet(by observed: Int) -> Bool { comparison.holds(observed, count) }

  /// The comparison as it is typed: `>=10`.
  public var condition: String { comparison.rawValue + String(count) }
}
