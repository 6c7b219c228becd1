// Hashes and encodings of texts, the same that ClickHouse gives.

import EvtCore

extension FunctionDefinition {
  static let encodings: [FunctionDefinition] = [
    // Of texts only: the hash of a number depends on the type that ClickHouse gives it.
    FunctionDefinition("cityHash64", takes: [.text], arity: 1...99, gives: .number) { arguments in
      let hashes = arguments.map { CityHash.hash64($0.textBytes ?? []) }
      return unsigned(hashes.dropFirst().reduce(hashes[0]) { CityHash.combined($0, $1) })
    },
    FunctionDefinition("xxHash64", takes: [.text], arity: 1...99, gives: .number) { arguments in
      let hashes = arguments.map { argument in
        (argument.textBytes ?? []).withUnsafeBytes { StableHash.xxh64($0, seed: 0) }
      }
      return unsigned(hashes.dropFirst().reduce(hashes[0]) { CityHash.combined($0, $1) })
    },
    FunctionDefinition("sipHash64", takes: [.text], arity: 1...99, gives: .number) { arguments in
      let hashes = arguments.map { SipHash.hash64($0.textBytes ?? []) }
      return unsigned(hashes.dropFirst().reduce(hashes[0]) { SipHash.combined($0, $1) })
    },
    FunctionDefinition("MD5", "md5", takes: [.text], gives: .text) {
      .text(MD5.digest($0[0].textBytes ?? []))
    },
    FunctionDefinition("hex", takes: [.text], gives: .text) { arguments in
      let digits = Array("0123456789ABCDEF".utf8)
      return .text(
        (arguments[0].textBytes ?? []).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    },
    FunctionDefinition("base64Encode", takes: [.text], gives: .text) {
      .text(Base64.encode($0[0].textBytes ?? []))
    },
    FunctionDefinition("base64Decode", takes: [.text], gives: .text, nulls: .partial) {
      Base64.decode($0[0].textBytes ?? []).map { .text($0) } ?? .null
    },
    FunctionDefinition("tryBase64Decode", takes: [.text], gives: .text) {
      .text(Base64.decode($0[0].textBytes ?? []) ?? [])
    },
  ]

  private static func unsigned(_ value: UInt64) -> Value {
    Int64(exactly: value).map { .int($0) }
      ?? .decimal(ExactDecimal(BigInteger(Int128(value)), scale: 0))
  }
}

/// Base64 of RFC 4648, with padding.
enum Base64 {
  private static let digits = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  static func encode(_ bytes: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let part = bytes[start..<min(start + 3, bytes.count)]
      let bits = part.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - part.count))
      for place in 0..<4 {
        out.append(place <= part.count ? digits[bits >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
      }
    }
    return out
  }

  /// The bytes; nil for what is no Base64.
  static func decode(_ text: [UInt8]) -> [UInt8]? {
    guard text.count % 4 == 0 else { return nil }
    let padding = text.suffix(2).count { $0 == UInt8(ascii: "=") }
    var out: [UInt8] = []
    var bits = 0
    for (index, byte) in text.enumerated() {
      let digit = index >= text.count - padding ? 0 : digits.firstIndex(of: byte)
      guard let digit else { return nil }
      bits = bits << 6 | digit
      if index % 4 == 3 {
        out += [UInt8(bits >> 16 & 255), UInt8(bits >> 8 & 255), UInt8(bits & 255)]
        bits = 0
      }
    }
    return Array(out.dropLast(padding))
  }
}
