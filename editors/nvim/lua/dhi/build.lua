-- Builds: the log in a scratch buffer, the findings in the quickfix list and
-- in the definition.
local M = {}

local findings = require('dhi.findings')
local namespace = vim.api.nvim_create_namespace('dhi-ls build')

---@type table<integer, vim.SystemObj> the builds that run, by buffer
local jobs = {}

--- Says whether a buffer is being built.
---@param bufnr integer
---@return boolean
function M.running(bufnr)
  return jobs[bufnr] ~= nil
end

--- Builds a buffer as it is, unsaved changes included.
---@param bufnr integer
---@param args string[] flags of `dhi-ls build`
---@param done? fun(code: integer) is told how it ended
function M.start(bufnr, args, done)
  if jobs[bufnr] then
    vim.notify('dhi: this definition is being built; :DhiCancel ends that', vim.log.levels.WARN)
    return
  end
  local name = vim.api.nvim_buf_get_name(bufnr)
  local folder = vim.fn.getcwd()
  local log = require('dhi.log').new('dhi://build/' .. vim.fs.basename(name))
  log:open()
  M.log = log
  local text = table.concat(vim.api.nvim_buf_get_lines(bufnr, 0, -1, false), '\n') .. '\n'
  local command = { require('dhi').program(), 'build', '--progress', 'plain', '--format', 'json' }
  vim.list_extend(command, { '--stdin-filename', name })
  vim.list_extend(command, args)
  table.insert(command, '-')
  local out = {}
  local ok, job = pcall(vim.system, command, {
    cwd = folder,
    stdin = text,
    text = true,
    stdout = function(_, data)
      table.insert(out, data or '')
    end,
    stderr = function(_, data)
      vim.schedule(function()
        log:write(data or '')
      end)
    end,
  }, function(result)
    vim.schedule(function()
      jobs[bufnr] = nil
      M.ended(bufnr, folder, log, table.concat(out), result)
      if done then
        done(result.code)
      end
    end)
  end)
  if not ok then
    vim.notify('dhi: ' .. tostring(job), vim.log.levels.ERROR)
    return
  end
  jobs[bufnr] = job
  vim.cmd.redrawstatus()
end

--- Shows how a build ended.
function M.ended(bufnr, folder, log, out, result)
  local found = findings.parse(out)
  if found then
    findings.show('DHI build', found, folder)
    if vim.api.nvim_buf_is_loaded(bufnr) then
      vim.diagnostic.set(namespace, bufnr, findings.diagnostics(found, bufnr))
    end
  else
    log:write(out)
  end
  local endings = { [0] = 'built', [1] = 'the definition failed to build', [130] = 'cancelled' }
  local how = result.signal ~= 0 and 'cancelled' or endings[result.code] or 'not built: the log says why'
  log:write(('-- %s\n'):format(how))
  vim.notify('dhi: ' .. how, result.code == 0 and vim.log.levels.INFO or vim.log.levels.WARN)
  vim.cmd.redrawstatus()
end

--- Ends the build of a buffer, as Ctrl+C would.
---@param bufnr integer
function M.cancel(bufnr)
  local job = jobs[bufnr]
  if job then
    job:kill('sigint')
  else
    vim.notify('dhi: nothing is being built here')
  end
end

return M
