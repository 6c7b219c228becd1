// Doubles as bytes: decimals with few digits as scaled integers, others as they are.

import EvtCore

/// Encodes a known number of doubles.
///
///     scaled  00  exponent  stream of value · 10^exponent
///     raw     01  eight planes: the first byte of every value, the second of every value …
///
/// A scaled value v is restored as Double(v) / 10^exponent, to the bit (the idea is that of ALP,
/// Afroozeh et al., SIGMOD 2023). The planes put the similar bytes together for LZ4.
enum DoubleStream {
  enum Tag: UInt8 { case scaled, raw }
  static let exponentMax = 10
  /// Integers up to here are exact in a Double.
  private static let exactIntegerMax = 9_007_199_254_740_992.0

  /// Appends `values`, each given as its bit pattern.
  static func encode(_ values: UnsafeBufferPointer<Int64>, into writer: inout ByteWriter) {
    if let (exponent, scaled) = scale(values) {
      writer.append(Tag.scaled.rawValue)
      writer.append(UInt8(exponent))
      scaled.withUnsafeBufferPointer { IntStream.encode($0, into: &writer) }
      return
    }
    writer.append(Tag.raw.rawValue)
    writer.append(count: values.count * 8) { target in
      for index in 0..<values.count {
        let bits = UInt64(bitPattern: values[index])
        for plane in 0..<8 {
          target[plane * values.count + index] = UInt8(truncatingIfNeeded: bits >> (8 * plane))
        }
      }
    }
  }

  /// The least exponent for which all values are scaled integers, and these.
  private static func scale(_ values: UnsafeBufferPointer<Int64>) -> (Int, [Int64])? {
    var exponent = 0
    for bits in values {
      let value = Double(bitPattern: UInt64(bitPattern: bits))
      while scaled(value, exponent) == nil {
        exponent += 1
        if exponent > exponentMax { return nil }
      }
    }
    var integers: [Int64] = []
    integers.reserveCapacity(values.count)
    for bits in values {
      // A greater exponent may not suit a value that a lesser one did.
      let value = Double(bitPattern: UInt64(bitPattern: bits))
      guard let integer = scaled(value, exponent) else { return nil }
      integers.append(integer)
    }
    return (exponent, integers)
  }

  @inline(__always)
  private static func scaled(_ value: Double, _ exponent: Int) -> Int64? {
    let product = (value * PowersOfTen.double[exponent]).rounded()
    guard product.magnitude <= exactIntegerMax else { return nil }
    let restored = Double(Int64(product)) / PowersOfTen.double[exponent]
    return restored.bitPattern == value.bitPattern ? Int64(product) : nil
  }

  /// Decodes the bit patterns of `output.count` doubles.
  static func decode(
    _ reader: inout ByteReader, into output: UnsafeMutableBufferPointer<Int64>
  ) throws(MalformedBytes) {
    switch Tag(rawValue: try reader.read(UInt8.self)) {
    case .scaled:
      let exponent = Int(try reader.read(UInt8.self))
      guard exponent <= exponentMax else { throw reader.malformed("scale too large") }
      try IntStream.decode(&reader, into: output)
      let divisor = PowersOfTen.double[exponent]
      for index in 0..<output.count {
        output[index] = Int64(bitPattern: (Double(output[index]) / divisor).bitPattern)
      }
    case .raw:
      let count = output.count
      let planes = try reader.take(count * 8)
      for index in 0..<count {
        var bits: UInt64 = 0
        for plane in 0..<8 { bits |= UInt64(planes[plane * count + index]) << (8 * plane) }
        output[index] = Int64(bitPattern: bits)
      }
    case nil:
      throw reader.malformed("unknown double encoding")
    }
  }
}
