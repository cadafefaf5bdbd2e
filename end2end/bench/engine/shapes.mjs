// Shapes of JSON to ask for, and whether an answer has one.

/** The most tokens that an answer of any of them takes. */
export const TOKENS = 400;

/** Several shapes of bounded length, as the product uses them: scores, lists, choices, texts, nested objects. */
export const SHAPES = [
  { type: "object", properties: { score: { type: "integer", minimum: 0, maximum: 100 }, reason: { type: "string", maxLength: 40 } }, required: ["score", "reason"], additionalProperties: false },
  { type: "object", properties: { skills: { type: "array", items: { type: "string", maxLength: 16 }, minItems: 1, maxItems: 4 } }, required: ["skills"], additionalProperties: false },
  { type: "object", properties: { verdict: { enum: ["yes", "no", "unclear"] }, sure: { type: "boolean" } }, required: ["verdict", "sure"], additionalProperties: false },
  {
    type: "object",
    properties: {
      step: { type: "object", properties: { title: { type: "string", maxLength: 24 }, weeks: { type: "integer", minimum: 1, maximum: 52 } }, required: ["title", "weeks"], additionalProperties: false },
    },
    required: ["step"],
    additionalProperties: false,
  },
];

/**
 * Whether a value has a shape, as far as the shapes above go.
 * @param {any} value @param {any} shape @returns {boolean}
 */
function fits(value, shape) {
  if (shape.enum) return shape.enum.includes(value);
  switch (shape.type) {
    case "object":
      return (
        value !== null && typeof value === "object" && !Array.isArray(value) &&
        shape.required.every((/** @type {string} */ name) => name in value) &&
        Object.entries(value).every(([name, inner]) => name in shape.properties && fits(inner, shape.properties[name]))
      );
    case "array":
      return Array.isArray(value) && value.length >= shape.minItems && value.length <= shape.maxItems && value.every((inner) => fits(inner, shape.items));
    case "integer":
      return Number.isInteger(value) && value >= shape.minimum && value <= shape.maximum;
    case "boolean":
      return typeof value === "boolean";
    default:
      return typeof value === "string" && [...value].length <= shape.maxLength;
  }
}

/** @param {string} text @param {unknown} shape */
export function isValid(text, shape) {
  try {
    return fits(JSON.parse(text), shape);
  } catch {
    return false;
  }
}
