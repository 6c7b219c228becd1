// The shop's visitors over time: who comes when, and whose event is next.

/// What `evt gen` was asked for.
struct ShopPlan: Sendable {
  var rows: Int
  var users: Int
  var startMillis: Int64
  var days: Int
  var seed: UInt64

  var endMillis: Int64 { startMillis + Int64(days) * 86_400_000 }
}

/// A simulation that yields the log's events one by one in order of time.
///
/// Sessions begin at random moments, more by day than by night, and hold a place in a heap ordered
/// by the time of their next event until their last one. Every choice comes from one generator in
/// one order, so that a seed fixes every byte.
struct ShopSimulation: ~Copyable {
  private struct Due {
    var timeMillis: Int64
    var slot: Int
  }

  private let plan: ShopPlan
  private let catalogue: ShopCatalogue
  private var random: SeededRandom
  private var sessions: [ShopSession] = []
  private var freeSlots: [Int] = []
  private var heap: [Due] = []
  private var arrivals: ShopArrivals
  /// Rows of the sessions begun so far.
  private var scheduled = 0
  /// Users who have come at least once; a user's number is the order of the first visit.
  private var introduced: Int

  private static let meanEvents = 10.2
  private static let eventsMax = 120

  /// Creates the simulation of `plan`.
  init(_ plan: ShopPlan, catalogue: ShopCatalogue) {
    self.plan = plan
    self.catalogue = catalogue
    random = SeededRandom(seed: plan.seed)
    arrivals = ShopArrivals(startMillis: plan.startMillis, days: plan.days)
    introduced = max(1, plan.users / 5)
    scheduleArrival()
  }

  /// Passes the next event to `body`; returns false when all rows were yielded.
  @inline(__always)
  mutating func next(_ body: (borrowing ShopSession, inout SeededRandom) -> Void) -> Bool {
    while scheduled < plan.rows, heap.isEmpty || arrivals.nextMillis <= heap[0].timeMillis {
      beginSession()
      scheduleArrival()
    }
    guard let first = heap.first else { return false }
    body(sessions[first.slot], &random)
    if sessions[first.slot].eventsLeft <= 1 {
      freeSlots.append(first.slot)
      removeFirst()
    } else {
      sessions[first.slot].advance(&random, catalogue: catalogue, endMillis: plan.endMillis)
      heap[0].timeMillis = sessions[first.slot].timeMillis
      siftDown()
    }
    return true
  }

  private mutating func scheduleArrival() {
    let rowsLeft = Double(max(plan.rows - scheduled, 0))
    arrivals.advance(sessionsLeft: rowsLeft / Self.meanEvents, &random)
  }

  private mutating func beginSession() {
    var session = ShopSession()
    session.timeMillis = arrivals.nextMillis
    session.id = random.next()
    let length = random.chance(20) ? 1 + random.below(2) : 2 + Int(random.exponential(mean: 10))
    session.eventsLeft = Int32(min(length, Self.eventsMax, plan.rows - scheduled))
    scheduled += Int(session.eventsLeft)
    chooseVisitor(of: &session)
    session.referrer = UInt8(random.below(catalogue.referrers.count))
    if random.chance(15) { session.campaign = UInt8(random.below(catalogue.campaigns.count)) }
    if random.chance(10) {
      session.event = .productView
      session.product = UInt16(random.below(ShopCatalogue.productCount))
    } else if session.user != nil, random.below(1000) < 12 {
      session.event = .refund
      session.cartCents = catalogue.products[random.below(catalogue.products.count)].cents
    } else {
      session.page = UInt8(random.below(catalogue.pages.count))
    }
    insert(session)
  }

  /// Decides who visits: a new user, one who came lately, a regular, or nobody known.
  private mutating func chooseVisitor(of session: inout ShopSession) {
    let progress = arrivals.progress
    let goal = Double(plan.users) * (0.2 + 0.8 * progress)
    var number: Int
    if introduced < plan.users, Double(introduced) < goal {
      number = introduced
      introduced += 1
      session.wantsSignup = true
    } else if random.chance(45) {
      let back = random.exponential(mean: Int64(max(plan.users / 40, 1)))
      number = max(introduced - 1 - Int(back), 0)
    } else {
      let draw = random.unit()
      number = min(Int(draw * draw * Double(introduced)), introduced - 1)
    }
    if !session.wantsSignup { session.wantsLogin = random.chance(20) }
    if random.chance(8) {
      // The user shows only if the visit comes to a login.
      session.userBehindLogin = UInt32(truncatingIfNeeded: number)
      number = plan.users + random.below(1 << 20)
    } else {
      session.user = UInt32(truncatingIfNeeded: number)
    }
    let traits = SeededRandom.mixed(plan.seed &+ UInt64(number) &* 0x9E37_79B9_7F4A_7C15)
    session.device = UInt8((traits & 0xFFFF) % UInt64(catalogue.devices.count))
    session.country = UInt8((traits >> 16) & 15)
    session.version = currentVersion(progress, lag: Int((traits >> 24) % 100))
  }

  /// The release a user runs: the newest one for most, an older one for some.
  private func currentVersion(_ progress: Double, lag: Int) -> UInt8 {
    let newest = progress * Double(catalogue.versions.count)
    let own = newest - Double(lag * lag) / 5000
    return UInt8(max(0, min(Int(own), catalogue.versions.count - 1)))
  }

  private mutating func insert(_ session: ShopSession) {
    let slot: Int
    if let free = freeSlots.popLast() {
      slot = free
      sessions[slot] = session
    } else {
      slot = sessions.count
      sessions.append(session)
    }
    heap.append(Due(timeMillis: session.timeMillis, slot: slot))
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[child].timeMillis < heap[parent].timeMillis else { break }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  private mutating func removeFirst() {
    let last = heap.removeLast()
    guard !heap.isEmpty else { return }
    heap[0] = last
    siftDown()
  }

  private mutating func siftDown() {
    let moving = heap[0]
    var hole = 0
    while true {
      var child = 2 * hole + 1
      guard child < heap.count else { break }
      if child + 1 < heap.count, heap[child + 1].timeMillis < heap[child].timeMillis { child += 1 }
      guard heap[child].timeMillis < moving.timeMillis else { break }
      heap[hole] = heap[child]
      hole = child
    }
    heap[hole] = moving
  }
}
