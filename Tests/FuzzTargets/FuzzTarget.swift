// What is fuzzed: everything that reads bytes which may be anything.

import TestSupport

/// Reads bytes which may be anything. Whatever they are, it must not trap, and must hold what it
/// promises; errors that the bytes deserve are no findings.
public struct FuzzTarget: Sendable {
  public var name: String
  /// Inputs to begin with, most of them in order.
  public var seeds: @Sendable () throws -> [[UInt8]]
  /// Throws `Finding`, or an error that should not have come through.
  public var run: @Sendable ([UInt8]) throws -> Void

  /// All targets, along the data path.
  public static let all = [
    events, input, mapping, block, footer, segment, catalogue, alerts, zone, time, sql, steps,
  ]

  /// The target of that name.
  public static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
}

/// A promise that was not kept.
public struct Finding: Error, CustomStringConvertible {
  public var description: String

  init(_ description: String) { self.description = description }

  /// Throws unless `condition` holds.
  static func unless(_ condition: Bool, _ what: @autoclosure () -> String) throws {
    if !condition { throw Finding(what()) }
  }
}

extension SeededGenerator {
  /// `bytes` with a few of them changed, removed, repeated or put in from `other`.
  public mutating func mutated(_ bytes: [UInt8], with other: [UInt8]) -> [UInt8] {
    var result = bytes
    for _ in 0...below(4) {
      let at = below(result.count + 1)
      let end = min(result.count, at + 1 + below(8))
      switch below(7) {
      case 0: result.insert(UInt8(below(256)), at: at)
      case 1: result.removeSubrange(at..<end)
      case 2: result.insert(contentsOf: result[at..<end], at: at)
      case 3:
        let start = below(other.count + 1)
        let piece = other[start..<min(other.count, start + 1 + below(32))]
        result.replaceSubrange(at..<min(end, result.count), with: piece)
      case 4 where at < result.count: result[at] = pick([0, 1, 0x7F, 0x80, 0xFF])
      case 5 where at < result.count: result[at] ^= 1 << UInt8(below(8))
      case 6 where chance(1, in: 8): result.removeSubrange(at...)
      default: break
      }
    }
    return result
  }
}
