/** The OpenAPI 3.1 document of the API, made from the contract. */
import { OpenAPIGenerator } from '@orpc/openapi';
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4';
import { z } from 'zod';
import { contract } from './contract/index.ts';
import { Problem } from './contract/problem.ts';
import { problemType } from './contract/problem-fetch.ts';

/** Takes some hundred milliseconds of CPU: make it once. */
export async function openApiDocument(version: string): Promise<Readonly<Record<string, unknown>>> {
  const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] });
  const document = await generator.generate(contract, {
    info: {
      title: 'Watchfloor',
      version,
      description: 'Every refusal is a problem document (RFC 9457) whose `code` is stable.',
    },
    servers: [{ url: '/api' }],
    security: [{ bearer: [] }, { session: [] }],
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: 'wf_session' },
      },
    },
  });
  return withProblems(document);
}

const httpMethods: readonly string[] = ['get', 'post', 'put', 'patch', 'delete'];

/** Gives each operation its default answer: the problem. */
function withProblems(document: object): Readonly<Record<string, unknown>> {
  const plain = structuredClone(document) as {
    paths?: Record<string, Record<string, { responses?: Record<string, unknown> }>>;
    components?: Record<string, Record<string, unknown>>;
  };
  const components = (plain.components ??= {});
  components['schemas'] = { ...components['schemas'], Problem: z.toJSONSchema(Problem) };
  for (const path of Object.values(plain.paths ?? {})) {
    for (const [method, operation] of Object.entries(path)) {
      if (!httpMethods.includes(method)) continue;
      operation.responses = {
        ...operation.responses,
        default: {
          description: 'Refused or failed',
          content: { [problemType]: { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      };
    }
  }
  return plain;
}
