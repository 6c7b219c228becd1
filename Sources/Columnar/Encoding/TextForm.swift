// The regular shapes of identifiers: UUIDs, hexadecimal digests, prefixed numbers.

import CKernels
import EvtCore

/// A list of texts in the shortest form that all of them share.
enum TextForm {
  case plain
  /// Lower-case 8-4-4-4-12 hexadecimal digits, 16 bytes each.
  case uuid(packed: [UInt8])
  /// A common prefix and an even number of lower-case hexadecimal digits, the same for all.
  case hexadecimal(prefix: Int, digits: Int, packed: [UInt8])
  /// A common prefix and a decimal number: of a fixed number of digits, or (0) without leading
  /// zeros.
  case numbered(prefix: Int, digits: Int, numbers: [Int64])

  static let hexadecimalDigitsMin = 8
  static let numberDigitsMax = 18
  private static let uuidTextBytes = 36
  /// How many texts before it is looked at one is asked for.
  private static let textsAhead = 16

  /// The form of `texts`.
  init(of texts: [UnsafeRawBufferPointer]) {
    guard let first = texts.first else {
      self = .plain
      return
    }
    if first.count == Self.uuidTextBytes, let packed = Self.packUUIDs(texts) {
      self = .uuid(packed: packed)
    } else if let numbered = Self.numbered(texts, first) {
      self = numbered
    } else if let hexadecimal = Self.hexadecimal(texts, first) {
      self = hexadecimal
    } else {
      self = .plain
    }
  }

  /// Packs each text behind `prefix` by `pack` into `size` bytes; nil when it refuses one.
  private static func packAll(
    _ texts: [UnsafeRawBufferPointer], prefix: UnsafeRawBufferPointer, textBytes: Int, size: Int,
    _ pack: (UnsafePointer<UInt8>, UnsafeMutablePointer<UInt8>) -> Bool
  ) -> [UInt8]? {
    var refused = false
    let packed = [UInt8](unsafeUninitializedCapacity: texts.count * size) { target, count in
      guard let base = target.baseAddress else { return }
      for (index, text) in texts.enumerated() {
        evt_prefetch(texts[min(index + Self.textsAhead, texts.count - 1)].baseAddress)
        guard text.count == textBytes, let source = text.bindMemory(to: UInt8.self).baseAddress,
          ByteOrder.equal(UnsafeRawBufferPointer(rebasing: text[0..<prefix.count]), prefix),
          pack(source + prefix.count, base + index * size)
        else {
          refused = true
          return
        }
      }
      count = texts.count * size
    }
    return refused ? nil : packed
  }

  private static func packUUIDs(_ texts: [UnsafeRawBufferPointer]) -> [UInt8]? {
    let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
    return packAll(texts, prefix: nothing, textBytes: uuidTextBytes, size: 16) {
      evt_uuid_pack($0, $1) != 0
    }
  }

  private static func hexadecimal(
    _ texts: [UnsafeRawBufferPointer], _ first: UnsafeRawBufferPointer
  ) -> TextForm? {
    var prefix = first.count
    while prefix > 0, isHexadecimal(first[prefix - 1]) { prefix -= 1 }
    if (first.count - prefix) % 2 == 1 { prefix += 1 }
    let digits = first.count - prefix
    guard digits >= hexadecimalDigitsMin, digits <= 254, prefix <= 255 else { return nil }
    let head = UnsafeRawBufferPointer(rebasing: first[0..<prefix])
    let packed = packAll(texts, prefix: head, textBytes: first.count, size: digits / 2) {
      evt_hex_pack($0, digits, $1) != 0
    }
    return packed.map { .hexadecimal(prefix: prefix, digits: digits, packed: $0) }
  }

  private static func numbered(
    _ texts: [UnsafeRawBufferPointer], _ first: UnsafeRawBufferPointer
  ) -> TextForm? {
    var prefix = first.count
    while prefix > 0, isDigit(first[prefix - 1]) { prefix -= 1 }
    guard prefix < first.count, prefix <= 255 else { return nil }
    let head = UnsafeRawBufferPointer(rebasing: first[0..<prefix])
    var sameLength = true, leadingZeros = false
    var numbers: [Int64] = []
    numbers.reserveCapacity(texts.count)
    for text in texts {
      let digits = text.count - prefix
      guard digits > 0, digits <= numberDigitsMax,
        ByteOrder.equal(UnsafeRawBufferPointer(rebasing: text[0..<prefix]), head)
      else { return nil }
      var number: Int64 = 0
      for position in prefix..<text.count {
        guard isDigit(text[position]) else { return nil }
        number = number * 10 + Int64(text[position] - 0x30)
      }
      numbers.append(number)
      if text.count != first.count { sameLength = false }
      if text[prefix] == 0x30, digits > 1 { leadingZeros = true }
    }
    guard leadingZeros else { return .numbered(prefix: prefix, digits: 0, numbers: numbers) }
    guard sameLength else { return nil }
    return .numbered(prefix: prefix, digits: first.count - prefix, numbers: numbers)
  }

  @inline(__always)
  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    isDigit(byte) || (byte >= 0x61 && byte <= 0x66)
  }

  @inline(__always)
  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
}
