export interface Money {
  /** Millionths of the currency's unit; 0 where the text holds no amount. */
  readonly amountMicros: number;
  /** ISO 4217, or empty where the symbol is not known. */
  readonly currency: string;
}

/** The symbols that YouTube writes; every other currency appears by its ISO 4217 code. */
const symbols: ReadonlyMap<string, string> = new Map(
  Object.entries({
    $: 'USD',
    US$: 'USD',
    A$: 'AUD',
    AU$: 'AUD',
    C$: 'CAD',
    CA$: 'CAD',
    HK$: 'HKD',
    MX$: 'MXN',
    NT$: 'TWD',
    NZ$: 'NZD',
    S$: 'SGD',
    R$: 'BRL',
    '£': 'GBP',
    '€': 'EUR',
    '¥': 'JPY',
    'JP¥': 'JPY',
    'CN¥': 'CNY',
    '₩': 'KRW',
    '₹': 'INR',
    '₱': 'PHP',
    '₫': 'VND',
    '₪': 'ILS',
    '₽': 'RUB',
    '₺': 'TRY',
    zł: 'PLN',
  }),
);

const unit = 1_000_000;

/**
 * Reads a price as people see it: `£10.00`, `¥1,000`, `R$ 5,00`, `1.234,56 €`, `CLP 500`, `￥500`. The last separator
 * is a decimal one when one or two digits follow it, else it groups thousands.
 */
export function parseMoney(text: string): Money {
  // NFKC turns full-width digits and signs, and no-break spaces, into plain ones.
  const plain = text.normalize('NFKC');
  const digits = /\d(?:[\d.,'’\s]*\d)?/.exec(plain);
  if (digits === null) return { amountMicros: 0, currency: '' };
  const sign = `${plain.slice(0, digits.index)}${plain.slice(digits.index + digits[0].length)}`.trim();
  return { amountMicros: micros(amountOf(digits[0])), currency: currencyOf(sign) };
}

/** 0 for what no one pays: less than nothing, or more than a record can hold. */
function micros(amount: number): number {
  const exact = Math.round(amount * unit);
  return Number.isSafeInteger(exact) && exact > 0 ? exact : 0;
}

function amountOf(digits: string): number {
  const decimal = /[.,](\d{1,2})$/.exec(digits);
  const whole = decimal === null ? digits : digits.slice(0, decimal.index);
  return Number(`${whole.replace(/\D/g, '')}.${decimal?.[1] ?? '0'}`);
}

function currencyOf(sign: string): string {
  return symbols.get(sign) ?? (/^[A-Z]{3}$/.test(sign) ? sign : '');
}

/** An amount in a currency's unit that is already a number. */
export function moneyOf(amount: number, currency: string): Money {
  return { amountMicros: micros(amount), currency: currencyOf(currency.trim()) };
}

/** Twitch pays the channel one US cent for a bit. */
export function moneyOfBits(bits: number): Money {
  return { amountMicros: micros(bits / 100), currency: 'USD' };
}

export const noMoney: Money = { amountMicros: 0, currency: '' };
