import { stopShared } from './stack.ts';

// What tests share (a Temporal server, the bundled workflows) is started by the first that needs it.
export const mochaHooks = {
  async afterAll() {
    await stopShared();
  },
};
