import { chromium } from 'playwright-core';
import { readFileSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
const out = readFileSync('/tmp/ev/out','utf8');
const link = /http:\/\/\S+\/sign-in#token=\S+/.exec(out)![0];
const origin = new URL(link).origin;
const paths = process.argv.slice(2);
const ctx = await chromium.launchPersistentContext('/tmp/ev/profile', { executablePath:'/usr/bin/chromium', args:['--headless','--no-sandbox','--disable-gpu','--disable-quic','--no-first-run','--disable-background-networking','--disable-component-update','--disable-sync'], viewport:{width:1280,height:800}, colorScheme:'dark'});
const page = await ctx.newPage();
page.on('console', m => { if (m.type()==='error') console.log('console:', m.text()); });
page.on('pageerror', e => console.log('pageerror:', e.message));
await page.goto(origin+'/events'); await page.waitForTimeout(500);
if (await page.getByText('sign-in-link').count()>0) { await page.goto(link); await page.waitForTimeout(1500); }
let i=0;
for (const p of paths) {
  const [path, w='1280', h='800', theme='dark', keys=''] = p.split('|');
  await page.setViewportSize({width:+w,height:+h}); await page.emulateMedia({colorScheme: theme as any});
  await page.goto(origin+path); await page.waitForTimeout(1500);
  for (const k of keys.split(' ').filter(Boolean)) { if (k.startsWith('click:')) await page.locator(k.slice(6).replaceAll('_',' ')).first().click(); else if (k.startsWith('type:')) await page.keyboard.type(k.slice(5).replaceAll('_',' ')); else await page.keyboard.press(k); await page.waitForTimeout(400); }
  await page.screenshot({path:`/tmp/ev/s${++i}.png`});
  const {violations} = await new AxeBuilder({page}).analyze();
  console.log(i, p, violations.map(v=>v.id+': '+v.nodes.slice(0,3).map(n=>n.target.join(' ')+' '+(n.failureSummary??'').split('\n')[1]).join(' | ')));
}
await ctx.close();
