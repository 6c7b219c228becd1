// How many distinct things there were, in a few bytes that can be united.

/// A set of hashes, exact while it is small and a HyperLogLog beyond.
///
/// Distinct counts cannot be added: a user of two hours is one user. Sketches can be united, in any
/// order and grouping and any number of times, and what comes out depends on the set alone.
///
/// Up to `exactMax` hashes are kept as they are, so that the count is exact but for one chance in a
/// million that two things share a hash. Beyond, the count is an estimate with a standard error of
/// 1.15 %: Flajolet et al., "HyperLogLog" (2007), with the estimator of Ertl, "New cardinality
/// estimation algorithms for HyperLogLog sketches" (arXiv 1702.01284), algorithm 6, which has no
/// bias to be corrected at either end.
public struct DistinctSketch: Hashable, Sendable {
  /// Bits of a hash that are used: the upper ones, 13 for the register and 27 for its value.
  private static let hashBits = 40
  private static let registerBits = 13
  private static let valueBits = hashBits - registerBits
  private static let registerCount = 1 << registerBits
  /// Bits of a register: it holds 0 to `valueBits` + 1.
  private static let bitsPerRegister = 5
  private static let registerBytes = registerCount * bitsPerRegister / 8

  /// The greatest number of hashes that are kept as they are: so many would need as much room as
  /// the registers.
  public static let exactMax = registerBytes * 8 / hashBits
  /// What the standard error of an estimate is said to be.
  public static let errorText = "1.2 %"

  /// The hashes, ascending; empty when there are `registers`.
  private var hashes: [UInt64] = []
  /// By the first bits of a hash, the greatest place of the first 1 in the others; empty as long as
  /// `hashes` can be kept.
  private var registers: [UInt8] = []

  /// Creates the sketch of nothing.
  public init() {}

  /// Whether `count` is no estimate.
  public var isExact: Bool { registers.isEmpty }

  /// Adds the thing with this hash, which must be spread evenly over 64 bits.
  public mutating func insert(hash: UInt64) {
    let hash = Self.kept(of: hash)
    if !isExact { return raise(hash) }
    // Users mostly come in the order of their hashes, in runs.
    guard let last = hashes.last, hash <= last else {
      hashes.append(hash)
      return spill()
    }
    let place = Self.place(of: hash, in: hashes, from: 0)
    if hashes[place] == hash { return }
    hashes.insert(hash, at: place)
    spill()
  }

  /// Adds all that `other` has.
  public mutating func merge(_ other: DistinctSketch) {
    if !other.isExact {
      if isExact {
        let known = hashes
        self = other
        for hash in known { raise(hash) }
      } else {
        for register in registers.indices {
          registers[register] = max(registers[register], other.registers[register])
        }
      }
    } else if isExact {
      hashes = Self.union(hashes, other.hashes)
      spill()
    } else {
      for hash in other.hashes { raise(hash) }
    }
  }

  /// The number of distinct things, exact or estimated.
  public var count: UInt64 {
    if isExact { return UInt64(hashes.count) }
    // There were more than can be kept, whatever the registers say.
    return max(UInt64(min(estimate.rounded(), 0x1p63)), UInt64(Self.exactMax + 1))
  }

  // MARK: - Registers

  /// Goes over to registers when there are too many hashes.
  private mutating func spill() {
    guard hashes.count > Self.exactMax else { return }
    let known = hashes
    hashes = []
    registers = [UInt8](repeating: 0, count: Self.registerCount)
    for hash in known { raise(hash) }
  }

  private mutating func raise(_ hash: UInt64) {
    let register = Int(hash >> UInt64(Self.valueBits))
    let rest = hash << UInt64(64 - Self.valueBits)
    let value = UInt8(min(rest.leadingZeroBitCount, Self.valueBits) + 1)
    if value > registers[register] { registers[register] = value }
  }

  private var estimate: Double {
    var multiplicity = [Double](repeating: 0, count: Self.valueBits + 2)
    for value in registers { multiplicity[Int(value)] += 1 }
    let count = Double(Self.registerCount)
    var sum = count * Self.tau(1 - multiplicity[Self.valueBits + 1] / count)
    for value in (1...Self.valueBits).reversed() { sum = 0.5 * (sum + multiplicity[value]) }
    sum += count * Self.sigma(multiplicity[0] / count)
    // 1 / (2 ln 2)
    return 0.721_347_520_444_481_7 * count * count / sum
  }

  /// x + the sum over k ≥ 1 of x^(2^k) 2^(k−1).
  private static func sigma(_ x: Double) -> Double {
    guard x < 1 else { return .infinity }
    var (x, weight, sum) = (x, 1.0, x)
    while true {
      x *= x
      let previous = sum
      sum += x * weight
      weight += weight
      if sum == previous { return sum }
    }
  }

  /// (1 − x − the sum over k ≥ 1 of (1 − x^(2^−k))² 2^−k) / 3.
  private static func tau(_ x: Double) -> Double {
    guard x > 0, x < 1 else { return 0 }
    var (x, weight, sum) = (x, 1.0, 1 - x)
    while true {
      x = x.squareRoot()
      let previous = sum
      weight *= 0.5
      sum -= (1 - x) * (1 - x) * weight
      if sum == previous { return sum / 3 }
    }
  }

  // MARK: - Sorted hashes

  /// The first place of `hashes` from `start` on that holds `hash` or more; the last one does.
  private static func place(of hash: UInt64, in hashes: [UInt64], from start: Int) -> Int {
    var (low, high) = (start, hashes.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if hashes[middle] < hash { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private static func union(_ left: [UInt64], _ right: [UInt64]) -> [UInt64] {
    var result: [UInt64] = []
    result.reserveCapacity(left.count + right.count)
    var (a, b) = (0, 0)
    while a < left.count, b < right.count {
      let least = min(left[a], right[b])
      result.append(least)
      if left[a] == least { a += 1 }
      if right[b] == least { b += 1 }
    }
    return result + left[a...] + right[b...]
  }
}

extension DistinctSketch {
  /// What is kept of a hash.
  public static func kept(of hash: UInt64) -> UInt64 { hash >> UInt64(64 - hashBits) }

  /// Writes the stored form: the number of hashes as a varint and the place of each in `table`, the
  /// first one as a varint and the others as that of the places left out before them; or the varint
  /// 1,025 and the registers, five bits each, the first one in the lowest bits of the first byte.
  /// - Parameter table: what is kept of all hashes that were ever inserted and others, ascending.
  public func encode(into writer: inout ByteWriter, among table: [UInt64]) {
    guard !isExact else {
      writer.appendVarint(UInt64(hashes.count))
      var next = 0
      for hash in hashes {
        let place = Self.place(of: hash, in: table, from: next)
        precondition(table[place] == hash, "BUG: a hash that is not in the table")
        writer.appendVarint(UInt64(place - next))
        next = place + 1
      }
      return
    }
    writer.appendVarint(UInt64(Self.exactMax + 1))
    // Eight registers make five bytes.
    for first in stride(from: 0, to: registers.count, by: 8) {
      var word: UInt64 = 0
      for register in 0..<8 {
        word |= UInt64(registers[first + register]) << UInt64(register * Self.bitsPerRegister)
      }
      for byte in 0..<Self.bitsPerRegister {
        writer.append(UInt8(truncatingIfNeeded: word >> UInt64(byte * 8)))
      }
    }
  }

  /// Reads the stored form.
  /// - Parameter table: the one it was written with.
  public init(_ reader: inout ByteReader, among table: [UInt64]) throws(MalformedBytes) {
    let count = try reader.readCount("number of hashes", atMost: Self.exactMax + 1)
    guard count <= Self.exactMax else {
      try readRegisters(&reader)
      return
    }
    hashes.reserveCapacity(count)
    var next = 0
    for _ in 0..<count {
      guard next < table.count else { throw reader.malformed("a hash behind the last one") }
      let place = next + (try reader.readCount("place of a hash", atMost: table.count - next - 1))
      hashes.append(table[place])
      next = place + 1
    }
  }

  private mutating func readRegisters(_ reader: inout ByteReader) throws(MalformedBytes) {
    let bytes = try reader.take(Self.registerBytes)
    registers = [UInt8](repeating: 0, count: Self.registerCount)
    for first in stride(from: 0, to: registers.count, by: 8) {
      var word: UInt64 = 0
      let start = first / 8 * Self.bitsPerRegister
      for byte in 0..<Self.bitsPerRegister {
        word |= UInt64(bytes[start + byte]) << UInt64(byte * 8)
      }
      for register in 0..<8 {
        let value = UInt8(word >> UInt64(register * Self.bitsPerRegister) & 31)
        guard Int(value) <= Self.valueBits + 1 else {
          throw reader.malformed("a register of \(value)")
        }
        registers[first + register] = value
      }
    }
  }
}
