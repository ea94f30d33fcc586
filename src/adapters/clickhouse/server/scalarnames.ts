// An allow-list, judged by a person: what a reader may call. A name is here because it computes from its arguments only.
// Not here: whatever reads files, the network, dictionaries, other tables or the process, runs or formats through
// something configurable (formatRow, file, dictGet, joinGet, getSetting, ai*, chdb, ...), waits (sleep) or builds large
// random strings. A function that a newer engine adds is refused until it is judged.

const numbers = `
  abs acos acosh asin asinh atan atan2 atanh avg2 bitAnd bitCount bitHammingDistance bitNot bitOr bitRotateLeft
  bitRotateRight bitShiftLeft bitShiftRight bitSlice bitTest bitTestAll bitTestAny bitXor byteSwap cbrt ceil cos cosh
  degrees divide divideDecimal divideOrNull e erf erfc exp exp10 exp2 factorial floor gcd hypot ifNotFinite intDiv
  intDivOrNull intDivOrZero intExp10 intExp2 isFinite isInfinite isNaN isPrime isProbablePrime lcm lgamma log log10
  log1p log2 max2 midpoint min2 minus modulo moduloLegacy moduloOrNull moduloOrZero multiply multiplyDecimal negate pi
  plus positiveModulo positiveModuloOrNull pow proportionsZTest radians rand rand64 randBernoulli randBinomial
  randCanonical randChiSquared randConstant randExponential randFisherF randLogNormal randNegativeBinomial randNormal
  randPoisson randStudentT randUniform round roundAge roundBankers roundDown roundDuration roundToExp2 sigmoid sign
  sin sinh sqr sqrt tan tanh tgamma trunc widthBucket`;

const arrays = `
  array arrayAll arrayAUCPR arrayAutocorrelation arrayAvg arrayBottomK arrayCompact arrayConcat arrayCount arrayCumSum
  arrayCumSumNonNegative arrayDifference arrayDistinct arrayDotProduct arrayElement arrayElementOrNull arrayEnumerate
  arrayEnumerateDense arrayEnumerateDenseRanked arrayEnumerateUniq arrayEnumerateUniqRanked arrayExcept arrayExists
  arrayFill arrayFilter arrayFirst arrayFirstIndex arrayFirstOrNull arrayFlatten arrayFold arrayIntersect
  arrayJaccardIndex arrayJoin arrayLast arrayLastIndex arrayLastOrNull arrayLevenshteinDistance
  arrayLevenshteinDistanceWeighted arrayMap arrayMax arrayMin arrayNormalizedGini arrayPartialReverseSort
  arrayPartialShuffle arrayPartialSort arrayPopBack arrayPopFront arrayProduct arrayPushBack arrayPushFront
  arrayRandomSample arrayReduce arrayReduceInRanges arrayRemove arrayResize arrayReverse arrayReverseFill
  arrayReverseSort arrayReverseSplit arrayROCAUC arrayRotateLeft arrayRotateRight arrayShiftLeft arrayShiftRight
  arrayShingles arrayShuffle arraySimilarity arraySlice arraySort arraySplit arraySum arraySymmetricDifference
  arrayTopK arrayTranspose arrayUnion arrayUniq arrayWithConstant arrayZip arrayZipUnaligned countEqual empty
  emptyArrayDate emptyArrayDateTime emptyArrayFloat32 emptyArrayFloat64 emptyArrayInt16 emptyArrayInt32
  emptyArrayInt64 emptyArrayInt8 emptyArrayString emptyArrayToSingle emptyArrayUInt16 emptyArrayUInt32
  emptyArrayUInt64 emptyArrayUInt8 has hasAll hasAny hasSubstr indexOf indexOfAssumeSorted length notEmpty range
  replicate reverse`;

const comparisons = `
  and assumeNotNull clamp coalesce equals firstNonDefault globalIn globalInIgnoreSet globalNotIn globalNotInIgnoreSet
  globalNotNullIn globalNotNullInIgnoreSet globalNullIn globalNullInIgnoreSet greater greaterOrEquals greatest if
  ifNull in inIgnoreSet isDistinctFrom isNotDistinctFrom isNotNull isNull isNullable isZeroOrNull least less
  lessOrEquals multiIf not notEquals notIn notInIgnoreSet notNullIn notNullInIgnoreSet nullIf nullIn nullInIgnoreSet
  or toNullable xor`;

const tuples = `
  dotProduct flattenTuple tuple tupleConcat tupleDivide tupleDivideByNumber tupleElement tupleHammingDistance
  tupleIntDiv tupleIntDivByNumber tupleIntDivOrZero tupleIntDivOrZeroByNumber tupleMinus tupleModulo
  tupleModuloByNumber tupleMultiply tupleMultiplyByNumber tupleNames tupleNegate tuplePlus tuplePositiveModuloByNumber
  tupleToNameValuePairs`;

const maps = `
  extractKeyValuePairs extractKeyValuePairsWithEscaping map mapAdd mapAll mapApply mapConcat mapContainsKey
  mapContainsKeyLike mapContainsValue mapContainsValueLike mapExists mapExtractKeyLike mapExtractValueLike mapFilter
  mapFromArrays mapKeys mapPartialReverseSort mapPartialSort mapPopulateSeries mapReverseSort mapSort mapSubtract
  mapUpdate mapValues`;

const json = `
  dynamicElement dynamicType isDynamicElementInSharedData isValidJSON JSON_EXISTS JSON_QUERY JSON_VALUE JSONAllPaths
  JSONAllPathsWithTypes JSONAllValues JSONArrayLength JSONDynamicPaths JSONDynamicPathsWithTypes JSONExtract
  JSONExtractArrayRaw JSONExtractArrayRawCaseInsensitive JSONExtractBool JSONExtractBoolCaseInsensitive
  JSONExtractCaseInsensitive JSONExtractFloat JSONExtractFloatCaseInsensitive JSONExtractInt
  JSONExtractIntCaseInsensitive JSONExtractKeys JSONExtractKeysAndValues JSONExtractKeysAndValuesCaseInsensitive
  JSONExtractKeysAndValuesRaw JSONExtractKeysAndValuesRawCaseInsensitive JSONExtractKeysCaseInsensitive JSONExtractRaw
  JSONExtractRawCaseInsensitive JSONExtractString JSONExtractStringCaseInsensitive JSONExtractUInt
  JSONExtractUIntCaseInsensitive JSONHas JSONKey JSONLength JSONMergePatch JSONSharedDataPaths
  JSONSharedDataPathsWithTypes JSONType prettyPrintJSON simpleJSONExtractBool simpleJSONExtractFloat
  simpleJSONExtractInt simpleJSONExtractRaw simpleJSONExtractString simpleJSONExtractUInt simpleJSONHas toJSONString`;

export const valueFunctions: readonly string[] = [numbers, arrays, comparisons, tuples, maps, json].flatMap((names) =>
  names.trim().split(/\s+/),
);
