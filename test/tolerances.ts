// Every tolerance of the tests, each with its reason. Not a place for settings.
// Invariant: a test that compares numbers takes its tolerance from here; none is loosened to make a test of gradients, masks or traces pass.
export const tolerances = {
  /** |QᵀQ − 1| of an orthogonal matrix of at most 64 vectors: twice-applied Gram–Schmidt leaves a few units in the last place of a double. */
  orthonormal: 1e-13,
  /** |value − hand-computed|, relative above 1, in float64: numbers of 16 digits through at most a few dozen roundings. */
  handComputed: 1e-14,
  /** Relative error of a gradient in float64 against extrapolated central differences, which are good to about 1e-9; the contract's bound. */
  finiteDifference: 1e-6,
  /** |a − b| of two ways to the same float64 number of size about 1: the order of a few hundred additions differs. */
  sameInFloat64: 1e-13,
  /** Extrapolated central differences of functions with kinks, jumps or high frequencies nearby, relative above 1: what a small first step costs. */
  extrapolated: 1e-9,
  /** Relative error of a float32 trace of the library's cells against float64: the contract's bound. */
  singlePrecisionTrace: 2e-5,
  /** The same for cells drawn at random, whose divisions, logarithms and norms of small vectors are conditioned worse. */
  singlePrecisionRandomTrace: 1e-4,
  /** Largest number of a float64 column that is 0 but for cancelled rounding errors of numbers of size about 1. */
  roundingOfZero: 1e-14,
  /** Relative error of a whole iteration's gradient, fused and reordered, against the trace's, both in float32. */
  fusedGradient: 2e-4,
  /** |float32 − float64| of one operation, relative to the largest number of its result (above 1): a few roundings of 6e-8 and the runtime's polynomials. */
  singlePrecisionOperation: 2e-6,
  /** What is lost when a gradient is read off as the difference of two float32 parameters of size about 2: their rounding. */
  differenceOfParameters: 5e-7,
  /** Decimals of a half-life of some dozen steps read off a float32 gate: near 1, the gate's rounding of 3e-8 is 3e-6 of its logarithm. */
  digitsOfHalfLife: 3,
  /** Losses of one run on WebGPU against the processor's: other kernels add in another order, and the difference grows with every update. */
  webgpuLoss: 1e-3,
  /** Relative error of a trace's column on WebGPU against the processor's: the bound that a backend must keep to be called the same. */
  webgpuTrace: 1e-4,
  /** Relative to the sum of the absolute terms: numbers are shown in as few digits as give their float32 back, which is half a unit of it off. */
  shownDigits: 2e-7,
  /** |share − counted share|: a share is a float64 mean of float32 means over the units. */
  meanOfShares: 1e-6,
} as const;
