// Passing over whole JSON values without recursion.

import CKernels
import EvtCore

extension JSONText {
  /// Moves past the value at `at`, checking all of it. `depth` is the number of arrays and objects
  /// around it; `keys` counts the keys of all objects. On failure `at` is where it was noticed.
  static func skipValue(
    _ at: inout Bytes, _ end: Bytes, depth: Int, depthMax: Int = Limits.nestingDepthMax,
    keys: inout Int
  ) -> Failure? {
    // One bit a level, the innermost lowest: 1 for an object, 0 for an array.
    var containers: UInt64 = 0
    var level = 0
    while true {
      let opening = at[0]
      if opening == UInt8(ascii: "{") || opening == UInt8(ascii: "[") {
        guard depth + level < depthMax, level < 64 else { return .tooDeep }
        let isObject = opening == UInt8(ascii: "{")
        containers = containers << 1 | (isObject ? 1 : 0)
        level += 1
        at += 1
        skipSpace(&at, end)
        if at[0] != (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
          if isObject, let failure = skipKey(&at, end, keys: &keys) { return failure }
          continue
        }
      } else {
        if let failure = skipScalar(&at, end) { return failure }
        if level == 0 { return nil }
        skipSpace(&at, end)
      }
      // Behind a value inside a container: close containers until one goes on.
      while true {
        let isObject = containers & 1 == 1
        if at[0] == UInt8(ascii: ",") {
          at += 1
          skipSpace(&at, end)
          if isObject, let failure = skipKey(&at, end, keys: &keys) { return failure }
          break
        }
        guard at[0] == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
          if at >= end { return .unterminated }
          return isObject ? .expectedCommaOrBrace : .expectedCommaOrBracket
        }
        at += 1
        containers >>= 1
        level -= 1
        if level == 0 { return nil }
        skipSpace(&at, end)
      }
    }
  }

  /// Moves past a key and its colon to the value.
  private static func skipKey(_ at: inout Bytes, _ end: Bytes, keys: inout Int) -> Failure? {
    guard at[0] == UInt8(ascii: "\"") else { return at < end ? .expectedKey : .unterminated }
    if let failure = skipString(&at, end) { return failure }
    keys += 1
    guard keys <= Limits.keysPerEventMax else { return .tooManyKeys }
    skipSpace(&at, end)
    guard at[0] == UInt8(ascii: ":") else { return at < end ? .expectedColon : .unterminated }
    at += 1
    skipSpace(&at, end)
    return nil
  }

  private static func skipScalar(_ at: inout Bytes, _ end: Bytes) -> Failure? {
    switch at[0] {
    case UInt8(ascii: "\""): return skipString(&at, end)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      let length = NumberText.scan(at).length
      at += length
      return length > 0 ? nil : .badNumber
    case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"):
      return skipWord(&at) ? nil : .badLiteral
    default: return at < end ? .expectedValue : .unterminated
    }
  }
}
