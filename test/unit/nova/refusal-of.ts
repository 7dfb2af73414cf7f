import { expect } from 'chai';
import type Joi from 'joi';
import { parse } from '#core/http/parse.js';
import { MicroVersion } from '#core/http/version.js';
import { answerOf, faultBody } from '#nova/faults.js';

export const v = (minor: number): MicroVersion => new MicroVersion(2, minor);

/** The message that a client sees for this value; null: accepted. */
export function refusalOf(schema: Joi.Schema, value: unknown, where: 'body' | 'query' = 'body'): string | null {
  try {
    parse(schema, value, where);
    return null;
  } catch (error) {
    const { status, message } = answerOf(error, '2.96');
    expect(faultBody({ status, message })).to.have.property('badRequest');
    return message;
  }
}

export const field = (name: string, shown: string, reason: string): string =>
  `Invalid input for field/attribute ${name}. Value: ${shown}. ${reason}`;
